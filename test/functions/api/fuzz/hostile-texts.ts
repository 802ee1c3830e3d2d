/** Texts that make trouble where somebody hadn't thought of them. */
export const hostileTexts: readonly string[] = [
  ['', ' ', '\u0000', 'a\u0000b', 'line\nbreak', '\u2028', '\ufeff', '\ufffe\uffff', '\ud800'],
  ['a\udc00b', '\u202etxt.exe', 'a\u0300'.repeat(500), '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 'ﷺ'],
  ['ß', 'İı', 'K', '__proto__', 'constructor', 'toString', 'null', '1e400', '-0', '%00', '%2e%2e%2f'],
  ['../../etc/passwd', "' OR '1'='1", '"; drop table users; --', '<script>alert(1)</script>'],
  ['${jndi:ldap://x}', '{{7*7}}', '#', '|', 'a#b', '~', '\uffff', 'usr_'],
  ['usr_00000000000000000000000000', 'main', 'MAIN', 'x'.repeat(129), 'x'.repeat(2049)],
  ['x'.repeat(70_000), '💥'.repeat(1025)],
].flat()
