const words = (text: string): readonly string[] => text.trim().split(/[ \n]+/);

/** URLs that must not be asked, although each of them looks to some reader like one of the provider's (EG-01). */
export const HOSTILE_URLS: readonly string[] = [
  'https://evil.tld\\@api.provider.co/',
  'https://evil.tld\t.x/',
  '',
  ' ',
  'https://api.provider.co /',
  'https://api.provider.co\u0000.evil.tld/',
  'https://api.provider.co\u200b.evil.tld/',
  ...words(`
  http://api.provider.co/ https://api.provider.co:8443/ https://api.provider.co:80/ https://user@api.provider.co/ https://user:pw@api.provider.co/
  https://:pw@api.provider.co/ https://api.provider.co@evil.tld/ https://api.provider.co:443@evil.tld/ https://api.provider.co%40evil.tld/
  https://evil.tld/?api.provider.co https://evil.tld/#api.provider.co https://evil.tld/api.provider.co https://api.provider.co.evil.tld/
  https://evil-api.provider.co/ https://xapi.provider.co/ https://provider.co/ https://api.provider.co./ https://.api.provider.co/
  https://api..provider.co/ https://api.provider.co#@evil.tld/ https://api.provider.co?@evil.tld/#x https://api.provider.com/ https://api.provider.c/
  https://apiprovider.co/ https://api-provider.co/ https://аpi.provider.co/ https://api.prоvider.co/ https://apı.provider.co/
  https://xn--pi-6kc.provider.co/ https://evil.tld。api.provider.co/ https://evil.tld．x/ https://evil.tld%2fapi.provider.co/
  https://evil.tld%23.api.provider.co/ https://evil.tld%00.api.provider.co/ https://api.provider.co%2eevil.tld/ https://evil.shops.provider.co.evil.tld/
  https://shops.provider.co/ https://.shops.provider.co/ https://a.b.shops.provider.co/ https://-a.shops.provider.co/ https://a-.shops.provider.co/
  https://a_b.shops.provider.co/ https://xn--80ak6aa92e.shops.provider.co/ https://shop@x.shops.provider.co/ https://x.shops.provider.co:444/
  http://x.shops.provider.co/ https://x.shops.provider.co./ https://xshops.provider.co/ https://localhost/ https://localhost.localdomain/
  https://api.localhost/ https://metadata.google.internal/ https://metadata/ https://kubernetes.default.svc/ https://127.0.0.1/ https://127.1/
  https://127.0.1/ https://0177.0.0.1/ https://0x7f.0.0.1/ https://0x7f000001/ https://2130706433/ https://017700000001/ https://0/ https://0.0.0.0/
  https://000000/ https://①②⑦.⓪.⓪.①/ https://127。0。0。1/ https://１２７.0.0.1/ https://%31%32%37.0.0.1/ https://127.0.0.1.nip.io/
  https://169.254.169.254/latest/meta-data/ https://2852039166/ https://0xA9FEA9FE/ https://0251.0376.0251.0376/ https://169.254.43518/
  https://[::ffff:169.254.169.254]/ https://10.0.0.1/ https://192.168.0.1/ https://172.16.0.1/ https://100.100.100.200/ https://[::1]/ https://[::]/
  https://[0:0:0:0:0:0:0:1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[::127.0.0.1]/ https://[fe80::1]/ https://[fe80::1%25eth0]/
  https://[fd00:ec2::254]/ https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/ https://8.8.8.8/ https://[2606:4700::1111]/ http://127.0.0.1/
  http://127.0.0.1:1/ http://[::1]:80/ http://localhost:80/ http://0:80/ file:///etc/passwd file://api.provider.co/etc/passwd
  gopher://api.provider.co:70/_x ftp://api.provider.co/ dict://api.provider.co:11211/ ldap://api.provider.co/ data:text/plain,api.provider.co
  javascript://api.provider.co/%0aalert(1) blob:https://api.provider.co/x ws://api.provider.co/ wss://api.provider.co/ unix:/run/docker.sock
  jar:https://api.provider.co!/x view-source:https://api.provider.co/ //api.provider.co/ //evil.tld/ /v1 api.provider.co https: https://
  https:///evil.tld https:/evil.tld https:evil.tld https://api.provider.co/#fragment https://api.provider.co,evil.tld/ https://api.provider.co;evil.tld/
`),
];

/** Values that try to be more than a value, in a path. */
export const HOSTILE_VALUES: readonly string[] = [
  '',
  '..\\admin',
  '\\\\evil.tld',
  'a\\b',
  'a%0d%0aHost: evil.tld',
  'a\u0000',
  'a\r\nHost: evil.tld',
  'a\n',
  'a\tb',
  '\u007f',
  '\u0085',
  'a\u2028b',
  'a\u202eb',
  'a\u200bb',
  'a\ufeffb',
  '\ud800',
  'a\udc00b',
  'x'.repeat(2049),
  ...words(`
  . .. ../admin a/b / //evil.tld %2e%2e %2E%2E%2Fadmin ..%2fadmin a%2fb a%2Fb a%5cb %252e%252e%252f %25252f a%00 %2e ．． a／b a∕b a⁄b a＼b a。b a｡b a․b ‥ …
  a＠evil a：b a？b a＃b a％2f a⧸b a╱b
`),
];

/** What a merchant may type as the name of a shop (VT-09). */
export const HOSTILE_SHOPS: readonly string[] = [
  '',
  'a\\b',
  'a b',
  ' a',
  'a ',
  'a\u0000',
  'a\nb',
  'a\r\nHost:evil',
  'a\t',
  '$a',
  'a'.repeat(64),
  "a'b",
  '\u200ba',
  'a\u00ad',
  ...words(`
  . evil.tld evil.tld/ evil.tld# evil.tld? evil.tld/x evil.tld:443 user@evil a@b a:b a/b a.b a. .a -a a- a_b A Shop SHOP ѕhop shöp sh🛒p xn--shp-fna
  a%2eevil a%2fb a%00 a。evil a．evil a｡evil a/../b .. {shop} 127.0.0.1 [::1] 0x7f000001. localhost. a# a? a;b a,b a|b a"b a<b a&b a=b a* ａ
`),
];
