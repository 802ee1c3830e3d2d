#!/bin/bash
# A real OpenStack Keystone on loopback, from Debian's packages: Fernet tokens, one process, SQLite or a MariaDB of its own.
#
#   keystone.sh run DIR          in the foreground until Ctrl-C, or until the process that started it ends;
#                                what is missing is installed and made first. Then: . DIR/openrc && npm start
#   keystone.sh install          the packages, as root, unless they are there
#   keystone.sh install-mariadb  the same for MariaDB's
#   keystone.sh make DIR         a new one in DIR: configuration, keys, database, administrator
#   keystone.sh copy FROM DIR    one like another that isn't running
#
# KEYSTONE_DATABASE (sqlite, mariadb) is read by `make`, KEYSTONE_PORT by `make` and `copy` (any free one unless told),
# KEYSTONE_SETTINGS, further lines for its configuration, by `run`.
set -euo pipefail
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
umask 077
python=/usr/bin/python3
# Not the package `keystone`: it asks questions and starts a service on all interfaces.
packages=(python3-keystone python3-gunicorn python3-openstackclient)
# Not `mariadb-server`, which starts a service.
mariadb_packages=(mariadb-server-core python3-pymysql)
mariadbd=/usr/sbin/mariadbd

install_packages() {
  if [ -x /usr/bin/keystone-manage ] && [ -x /usr/bin/openstack ] && $python -c 'import gunicorn' 2>/dev/null; then return; fi
  apt_install "${packages[@]}"
}

install_mariadb() {
  if [ -x $mariadbd ] && $python -c 'import pymysql' 2>/dev/null; then return; fi
  apt_install "${mariadb_packages[@]}"
}

apt_install() {
  [ "$(id -u)" = 0 ] || fail "packages are missing; as root: apt-get install --no-install-recommends $*"
  export DEBIAN_FRONTEND=noninteractive
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  local install=("${apt[@]}" install --no-install-recommends "$@")
  # Lists of packages that are missing or old are only then worth fetching.
  "${install[@]}" || { "${apt[@]}" update && "${install[@]}"; } || fail "the packages can't be installed"
}

make_new() {
  local dir=$1
  mkdir -p "$dir"
  echo "${KEYSTONE_DATABASE:-sqlite}" >"$dir/database"
  $python -c 'import secrets; print(secrets.token_urlsafe(18), end="")' >"$dir/admin-password"
  configure "$dir"
  # As `keystone-manage fernet_setup` and `credential_setup` do, in no time.
  new_keys "$dir/fernet-keys"
  new_keys "$dir/credential-keys"
  start_mariadb "$dir"
  if on_mariadb "$dir"; then mariadb_sql "$dir" '' 'CREATE DATABASE keystone'; fi
  manage "$dir" db_sync
  # With SQLite's own journal half of the new roles die of "database is locked": Keystone reads while it writes.
  on_mariadb "$dir" || sql "$dir" 'PRAGMA journal_mode = WAL'
  local url
  url=$(url_of "$dir")
  OS_BOOTSTRAP_PASSWORD=$(cat "$dir/admin-password") manage "$dir" bootstrap --bootstrap-region-id RegionOne \
    --bootstrap-admin-url "$url" --bootstrap-internal-url "$url" --bootstrap-public-url "$url"
  stop_mariadb "$dir"
  touch "$dir/made"
}

copy() {
  local from=$1 dir=$2
  mkdir -p "$dir"
  cp -r "$from/database" "$from/admin-password" "$from/fernet-keys" "$from/credential-keys" "$dir"
  if on_mariadb "$from"; then cp -r "$from/mariadb" "$dir"; else cp "$from"/keystone.db* "$dir"; fi
  configure "$dir"
  # MariaDB runs only with Keystone: there `run` does it. Nothing of ours reads an endpoint before.
  on_mariadb "$dir" || sql "$dir" "UPDATE endpoint SET url = '$(url_of "$dir")'"
  touch "$dir/made"
}

# Everything that names the folder or the port.
configure() {
  local dir=$1
  echo "${KEYSTONE_PORT:-$(free_port)}" >"$dir/port"
  # bcrypt at its fastest. The cache is each process's own, so it is good for one process only.
  cat >"$dir/keystone.conf" <<C
[DEFAULT]
log_file = $dir/keystone.log
[database]
connection = $(connection_of "$dir")
[identity]
password_hash_rounds = 4
[fernet_tokens]
key_repository = $dir/fernet-keys
[fernet_receipts]
key_repository = $dir/fernet-keys
[credential]
key_repository = $dir/credential-keys
[cache]
enabled = true
backend = dogpile.cache.memory
C
  cat >"$dir/openrc" <<O
export OS_AUTH_URL=$(url_of "$dir") OS_IDENTITY_API_VERSION=3 OS_REGION_NAME=RegionOne
export OS_USERNAME=admin OS_USER_DOMAIN_ID=default OS_PROJECT_NAME=admin OS_PROJECT_DOMAIN_ID=default
export OS_PASSWORD=$(cat "$dir/admin-password")
O
  # Keystone takes the web server's options for its own.
  cat >"$dir/keystone_wsgi.py" <<P
import sys
sys.argv = ["keystone"]
from keystone.server.wsgi import initialize_public_application
application = initialize_public_application()
P
}

run() {
  local dir=$1
  install_packages
  [ -e "$dir/made" ] || make_new "$dir"
  echo "${KEYSTONE_SETTINGS:-}" >"$dir/settings.conf"
  export OS_KEYSTONE_CONFIG_FILES="$dir/keystone.conf;$dir/settings.conf"
  start_mariadb "$dir"
  if on_mariadb "$dir"; then mariadb_sql "$dir" keystone "UPDATE endpoint SET url = '$(url_of "$dir")'"; fi
  echo "Keystone on $(url_of "$dir"); . $dir/openrc"
  # A busy machine takes more than gunicorn's 30 seconds to start a worker.
  # One thread: requests come one after the other and never meet SQLite's lock.
  exec setpriv --pdeathsig TERM $python -m gunicorn --chdir "$dir" --bind "127.0.0.1:$(cat "$dir/port")" --workers 1 \
    -k gthread --threads 1 --keep-alive 75 --graceful-timeout 1 --timeout 120 --log-level warning keystone_wsgi >>"$dir/server.log" 2>&1
}

on_mariadb() {
  [ "$(cat "$1/database" 2>/dev/null)" = mariadb ]
}

# As installation guides write it: without `charset`, which pymysql takes for utf8mb4.
connection_of() {
  if on_mariadb "$1"; then
    echo "mysql+pymysql://root@localhost/keystone?unix_socket=$1/mariadb.sock"
  else
    echo "sqlite:///$1/keystone.db"
  fi
}

# In the background, for as long as this process lives (or what it becomes by `exec`): on a socket in DIR, without a
# network and without grant tables, so that a folder with nothing in it is a new one. Nothing is worth a wait for the disk.
start_mariadb() {
  local dir=$1
  on_mariadb "$dir" || return 0
  mkdir -p "$dir/mariadb"
  local of_operators=(--character-set-server=utf8mb3 --collation-server=utf8mb3_general_ci)
  local small=(--innodb-buffer-pool-size=16M --innodb-log-file-size=4M --innodb-stats-persistent=0 --innodb-autoextend-increment=1
    --innodb-temp-data-file-path=ibtmp1:2M:autoextend)
  local quick=(--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-flush-method=nosync --innodb-use-native-aio=0)
  setpriv --pdeathsig TERM $mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/mariadb" --socket="$dir/mariadb.sock" \
    --pid-file="$dir/mariadb.pid" --skip-networking --skip-grant-tables "${of_operators[@]}" "${small[@]}" "${quick[@]}" \
    </dev/null >>"$dir/mariadb.log" 2>&1 &
  local server=$!
  for _ in $(seq 600); do
    if mariadb_sql "$dir" '' 'SELECT 1' 2>/dev/null; then return 0; fi
    kill -0 $server 2>/dev/null || break
    sleep 0.05
  done
  fail "MariaDB does not start: $(tail -5 "$dir/mariadb.log")"
}

stop_mariadb() {
  on_mariadb "$1" || return 0
  local server
  server=$(cat "$1/mariadb.pid")
  kill "$server"
  wait "$server" || true
}

mariadb_sql() {
  [ -S "$1/mariadb.sock" ] || return 1
  $python -c '
import pymysql, sys
connection = pymysql.connect(unix_socket=sys.argv[1] + "/mariadb.sock", user="root", database=sys.argv[2] or None)
connection.cursor().execute(sys.argv[3])
connection.commit()' "$@"
}

new_keys() {
  mkdir -p "$1"
  for number in 0 1; do
    $python -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), end="")' >"$1/$number"
  done
}

manage() {
  local dir=$1
  shift
  $python /usr/bin/keystone-manage --config-file "$dir/keystone.conf" "$@" >>"$dir/setup.log" 2>&1 ||
    fail "keystone-manage $1 failed: $(tail -3 "$dir/setup.log")"
}

sql() {
  $python -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()' "$1/keystone.db" "$2"
}

url_of() {
  echo "http://127.0.0.1:$(cat "$1/port")/v3"
}

# Below those that the system gives to connections, so that none takes it while Keystone is stopped for a moment.
free_port() {
  $python -c '
import random, socket
while True:
    port = random.randrange(20000, 32000)
    try:
        socket.socket().bind(("127.0.0.1", port))
        print(port)
        break
    except OSError:
        pass'
}

fail() {
  echo "keystone: $*" >&2
  exit 1
}

folder() {
  realpath -m "${1:?which folder?}"
}

case ${1:-} in
  run) run "$(folder "${2:-}")" ;;
  install) install_packages ;;
  install-mariadb) install_mariadb ;;
  make) make_new "$(folder "${2:-}")" ;;
  copy) copy "$(folder "${2:-}")" "$(folder "${3:-}")" ;;
  *) sed -n '2,12p' "$0" >&2; exit 2 ;;
esac
