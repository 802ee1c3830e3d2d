#!/bin/bash
# A real OpenStack Keystone on loopback, from Debian's packages: SQLite, Fernet tokens, one process, for tests.
#
#   keystone.sh run DIR          in the foreground until Ctrl-C, or until the process that started it ends;
#                                what is missing is installed and made first. Then: . DIR/openrc && npm start
#   keystone.sh install          the packages, as root, unless they are there
#   keystone.sh make DIR         a new one in DIR: configuration, keys, database, administrator
#   keystone.sh copy FROM DIR    one like another that isn't running
#
# KEYSTONE_PORT is read by `make` and `copy` (any free one unless told); KEYSTONE_SETTINGS, further lines for its
# configuration, by `run`.
set -euo pipefail
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
umask 077
python=/usr/bin/python3
# Not the package `keystone`: it asks questions and starts a service on all interfaces.
packages=(python3-keystone python3-gunicorn python3-openstackclient)

install_packages() {
  if [ -x /usr/bin/keystone-manage ] && [ -x /usr/bin/openstack ] && $python -c 'import gunicorn' 2>/dev/null; then return; fi
  [ "$(id -u)" = 0 ] || fail "packages are missing; as root: apt-get install --no-install-recommends ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  local install=("${apt[@]}" install --no-install-recommends "${packages[@]}")
  # Lists of packages that are missing or old are only then worth fetching.
  "${install[@]}" || { "${apt[@]}" update && "${install[@]}"; } || fail "the packages can't be installed"
}

make_new() {
  local dir=$1
  mkdir -p "$dir"
  $python -c 'import secrets; print(secrets.token_urlsafe(18), end="")' >"$dir/admin-password"
  configure "$dir"
  # As `keystone-manage fernet_setup` and `credential_setup` do, in no time.
  new_keys "$dir/fernet-keys"
  new_keys "$dir/credential-keys"
  manage "$dir" db_sync
  # With SQLite's own journal half of the new roles die of "database is locked": Keystone reads while it writes.
  sql "$dir" 'PRAGMA journal_mode = WAL'
  local url
  url=$(url_of "$dir")
  OS_BOOTSTRAP_PASSWORD=$(cat "$dir/admin-password") manage "$dir" bootstrap --bootstrap-region-id RegionOne \
    --bootstrap-admin-url "$url" --bootstrap-internal-url "$url" --bootstrap-public-url "$url"
  touch "$dir/made"
}

copy() {
  local from=$1 dir=$2
  mkdir -p "$dir"
  cp -r "$from/admin-password" "$from/fernet-keys" "$from/credential-keys" "$from"/keystone.db* "$dir"
  configure "$dir"
  sql "$dir" "UPDATE endpoint SET url = '$(url_of "$dir")'"
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
connection = sqlite:///$dir/keystone.db
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
  echo "Keystone on $(url_of "$dir"); . $dir/openrc"
  # One thread: requests come one after the other and never meet SQLite's lock.
  exec setpriv --pdeathsig TERM $python -m gunicorn --chdir "$dir" --bind "127.0.0.1:$(cat "$dir/port")" --workers 1 \
    -k gthread --threads 1 --keep-alive 75 --graceful-timeout 1 --log-level warning keystone_wsgi >>"$dir/server.log" 2>&1
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
  make) make_new "$(folder "${2:-}")" ;;
  copy) copy "$(folder "${2:-}")" "$(folder "${3:-}")" ;;
  *) sed -n '2,11p' "$0" >&2; exit 2 ;;
esac
