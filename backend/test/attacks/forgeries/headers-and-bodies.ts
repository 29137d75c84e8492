import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Delivery, EVENT, FORMS, type HeaderParty, mac, type Party } from './parties.ts';

/**
 * A name and what is delivered. `body`: only the body was changed, which a scheme that does not vouch for it cannot see; such a delivery
 * must never come out verified.
 */
export type Forgery = readonly [name: string, delivery: Delivery, part?: 'body'];

export const json = EVENT.toString();
const parsed = JSON.parse(json) as Record<string, unknown>;

/** The same event, or nearly, in other bytes. */
const BODIES: readonly (readonly [string, Buffer])[] = [
  ['written again', Buffer.from(JSON.stringify(parsed))],
  ['written again with spaces', Buffer.from(JSON.stringify(parsed, null, 2))],
  ['with its keys in another order', Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(parsed).reverse())))],
  ['with its escapes resolved', Buffer.from(json.replace('\\u00e9', 'é'))],
  [
    'with its letters escaped',
    Buffer.from(json.replace(/[^\0-\x7f]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)),
  ],
  ['with its escapes in capitals', Buffer.from(json.replace('\\u00e9', '\\u00E9'))],
  ['with slashes escaped', Buffer.from(json.replace('evt_1', 'evt\\u005f1'))],
  ['with a BOM', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), EVENT])],
  ['with a line end', Buffer.from(`${json}\n`)],
  ['with a line end of Windows', Buffer.from(`${json}\r\n`)],
  ['with a space in front', Buffer.from(` ${json}`)],
  ['with a NUL at the end', Buffer.from(`${json}\0`)],
  ['in Latin-1', Buffer.from(json, 'latin1')],
  ['in UTF-16', Buffer.from(json, 'utf16le')],
  ['in base64', Buffer.from(EVENT.toString('base64'))],
  ['packed', gzipSync(EVENT)],
  ['as a form', Buffer.from(`payload=${encodeURIComponent(json)}`)],
  ['empty', Buffer.alloc(0)],
  ['cut short', EVENT.subarray(0, -1)],
  ['twice', Buffer.concat([EVENT, EVENT])],
  ['with another amount', Buffer.from(json.replace('1.0', '1.1'))],
  ['of another account', Buffer.from(json.replace('acct_A', 'acct_B'))],
  ['with a key once more', Buffer.from(json.replace(/}$/, ',"account":"acct_B"}'))],
  ['of the test side', Buffer.from(json.replace('"livemode":true', '"livemode":false'))],
];

export const bodiesOf = (party: Party): Forgery[] =>
  BODIES.map(([name, body]) => [`a body ${name}`, { ...party.sign(), body }, 'body']);

/** What may be done to any header that proves something. */
export function headersOf(party: HeaderParty): Forgery[] {
  const right = party.sign();
  const value = right.headers[party.header] as string;
  const zeros = value.replace(/[\w+/-]{16,}/g, one => '0'.repeat(one.length));
  const values: readonly (readonly [string, string | readonly string[] | undefined])[] = [
    ['missing', undefined],
    ['empty', ''],
    ['a space', ' '],
    ['all zeros', zeros],
    ['twice', [value, value]],
    ['twice, the wrong one first', [zeros, value]],
    ['a list of one', [value]],
    ['an empty list', []],
    ['twice in one line', `${value}, ${value}`],
    ['twice in one line, the wrong one first', `${zeros}, ${value}`],
    ['twice in one line with a semicolon', `${value};${value}`],
    ['in capitals', value.toUpperCase()],
    ['backwards', [...value].reverse().join('')],
    ['cut short by one', value.slice(0, -1)],
    ['cut to its half', value.slice(0, value.length / 2)],
    ['longer by one', `${value}0`],
    ['with a space in front', ` ${value}`],
    ['with a space behind', `${value} `],
    ['with a tab', `${value}\t`],
    ['with a line end', `${value}\n`],
    ['with a NUL', `${value}\0`],
    ['in quotes', `"${value}"`],
    ['escaped for an address', encodeURIComponent(`${value} `)],
    ['in wide letters', value.replace(/[0-9a-f]/g, one => String.fromCharCode(one.charCodeAt(0) + 0xfee0))],
    ['«null»', 'null'],
    ['«undefined»', 'undefined'],
    ['«true»', 'true'],
    ['an object', '[object Object]'],
  ];
  const moved = { ...right.headers, [party.header]: undefined };
  return [
    ...values.map(
      ([name, changed]): Forgery => [
        `a header ${name}`,
        { ...right, headers: { ...right.headers, [party.header]: changed } },
      ],
    ),
    ['a header of another name', { ...right, headers: { ...moved, 'x-signature': value } }],
    ['a header that is not in lower case', { ...right, headers: { ...moved, [party.header.toUpperCase()]: value } }],
  ];
}

export const keysOf = (party: Party): Forgery[] =>
  party.foreign.map(([name, key]) => [`signed by a secret ${name}`, party.sign({ key })]);

/** Right keys and other computations. */
export function hashesOf(party: HeaderParty): Forgery[] {
  const form = FORMS[party.name];
  if (!form) return [];
  const { header, prefix, encoding } = form;
  const [key] = party.keys;
  const by = (name: string, signature: string, to = header): Forgery => [
    name,
    { body: EVENT, headers: { [to]: signature } },
  ];
  const digest = mac(key, EVENT).digest();
  return [
    by('a hash without a key', prefix + createHash('sha256').update(EVENT).digest(encoding)),
    by('a hash of key and body', prefix + createHash('sha256').update(key).update(EVENT).digest(encoding)),
    by('SHA-1', prefix + mac(key, EVENT, 'sha1').digest(encoding)),
    by('SHA-512', prefix + mac(key, EVENT, 'sha512').digest(encoding)),
    by('SHA-1 under its own name', `sha1=${mac(key, EVENT, 'sha1').digest('hex')}`),
    by('the header of SHA-1 only', `sha1=${mac(key, EVENT, 'sha1').digest('hex')}`, 'x-hub-signature'),
    by('the other encoding', prefix + digest.toString(encoding === 'hex' ? 'base64' : 'hex')),
    by('another prefix', `v1=${digest.toString(encoding)}`),
    by('a prefix too many', `${prefix}sha256=${digest.toString(encoding)}`),
    by('the body of another event', prefix + mac(key, '{}').digest(encoding)),
    by('the body written again before it was signed', prefix + mac(key, JSON.stringify(parsed)).digest(encoding)),
    by('nothing but the prefix', prefix || ' '),
    by('key and body exchanged', prefix + mac(EVENT, key).digest(encoding)),
  ];
}

/** The secret of the address (WH-06). */
export function addressesOf(party: Party): Forgery[] {
  const right = party.sign();
  const token = right.urlToken ?? '';
  const wrong = [
    undefined,
    '',
    ' ',
    token.slice(0, -1),
    `${token}0`,
    token.toUpperCase(),
    ` ${token}`,
    `${token}/`,
    `${token}%00`,
    'undefined',
    '*',
  ];
  return wrong.map(urlToken => {
    const { urlToken: _, ...rest } = right;
    return [
      urlToken === undefined ? 'an address without its secret' : `an address that ends in «${urlToken}»`,
      urlToken === undefined ? rest : { ...rest, urlToken },
    ];
  });
}

/** Unsigned deliveries: another token, or the right one under two names. */
export function tokenHeadersOf(party: HeaderParty): Forgery[] {
  const right = party.sign();
  const value = right.headers[party.header];
  return [['the token under both of its names', { ...right, headers: { ...right.headers, 'anx-api-key': value } }]];
}
