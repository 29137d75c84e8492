import type { Verdict, WebhookRequest } from '../../../src/platform/signatures/index.ts';
import { verify } from '../../../src/platform/signatures/index.ts';
import type { Verify } from './runner.ts';
import { stamp } from './token-parties.ts';

/** Ways of reading a header that are seen in the wild, each with a forgery of the corpus that it lets through. */
type Value = WebhookRequest['headers'][string];
const READINGS: readonly (readonly [string, (value: Value) => Value, string])[] = [
  ['the first of a list is taken', value => (Array.isArray(value) ? value[0] : value), 'a header twice'],
  [
    'the last of a list is taken',
    value => (Array.isArray(value) ? value.at(-1) : value),
    'a header twice, the wrong one first',
  ],
  [
    'the first of a line is taken',
    value => text(value, one => one.split(/, |;/)[0] ?? ''),
    'a header twice in one line',
  ],
  [
    'the last of a line is taken',
    value => text(value, one => one.split(', ').at(-1) ?? ''),
    'a header twice in one line, the wrong one first',
  ],
  ['a list becomes a text', value => (Array.isArray(value) ? `${value}` : value), 'a header a list of one'],
  ['spaces are taken away', value => text(value, one => one.trim()), 'a header with a line end'],
  ['quotes are taken away', value => text(value, one => one.replaceAll('"', '')), 'a header in quotes'],
  ['everything after NUL is forgotten', value => text(value, one => one.split('\0')[0] ?? ''), 'a header with a NUL'],
  ['capitals do not matter', value => text(value, one => one.toLowerCase()), 'a header in capitals'],
  ['letters are brought to one form', value => text(value, one => one.normalize('NFKC')), 'a header in wide letters'],
  [
    'what is too long is cut',
    value => text(value, one => one.slice(0, 'sha256='.length + 64)),
    'a header longer by one',
  ],
];

const text = (value: Value, read: (one: string) => string): Value => (typeof value === 'string' ? read(value) : value);

export const CARELESS = READINGS.map(([name, read, forgery]): readonly [string, Verify, string] => [
  name,
  (scheme, request) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([header, value]) => [header, read(value)]));
    return verify(scheme, { ...request, headers });
  },
  forgery,
]);

/** Believes the token about its algorithm, as libraries did before RFC 8725. */
export const believing: Verify = (scheme, request): Verdict => {
  const header = request.headers.authorization;
  const token = typeof header === 'string' ? header.slice('Bearer '.length) : request.rawBody.toString();
  const [head = '', payload = '', signature = ''] = token.split('.');
  const algorithm = algorithmIn(head);
  const right =
    /^none$/i.test(algorithm) ||
    (/^HS\d+$/.test(algorithm) &&
      request.secrets.some(key => stamp(algorithm, `${head}.${payload}`, key.reveal()) === signature));
  if (!right) return verify(scheme, request);
  return typeof header === 'string'
    ? { ok: true, verified: false, hint: request.rawBody }
    : { ok: true, verified: true, content: Buffer.from(payload, 'base64url') };
};

function algorithmIn(head: string): string {
  try {
    return String(JSON.parse(Buffer.from(head, 'base64url').toString()).alg);
  } catch {
    return '';
  }
}
