import { type Answer, DEEP, drip, EMPTY, gzipBomb, huge, LOGIN_PAGE, type Plain, reply, utf16 } from './answers.ts';
import { each, inLists, type Json, money, named, plusOne, swapped, times, written } from './lies.ts';

/** The reply that an imitation would have given. */
export type Honest = {
  readonly status: number;
  /** Without those of the framing. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What was asked for, as it stands in the address. */
  readonly url: string;
};

export type Behaviour = {
  readonly id: string;
  readonly group: 'The line' | 'What it says' | 'Numbers and times' | 'Data of others' | 'Refusals';
  /** For a person who chooses: what the provider does. */
  readonly says: string;
  /** From the honest reply to what is written; null leaves it as it is. */
  readonly tell: (honest: Honest) => Answer | null;
  /** The credential does not arrive, so that the imitation refuses it in the provider's own words. */
  readonly spoils?: true;
  /** Whatever page is asked for, the first one is told. */
  readonly repeats?: true;
};

const TEN_YEARS = String(10 * 365 * 86_400);
const INTERNAL = { code: 500, message: 'Internal error encountered.', status: 'INTERNAL' };

/** The library keeps its own count of a connection: after one that it has not written itself there is no next. */
const last = (body: string | Buffer, headers: Honest['headers'] = {}, status = '200 OK') =>
  reply(body, { ...headers, connection: 'close' }, status);
const plain =
  ({ body, headers }: Plain) =>
  () =>
    last(body, headers);
const refusal =
  (status: string, headers: Honest['headers'] = {}) =>
  () =>
    last('{"message":"Not now."}', headers, status);

/** The honest reply with other bytes; a refusal stays what it was. */
const bytes = (change: (body: string) => string | Buffer) => (honest: Honest) =>
  honest.status < 300 && honest.body !== '' ? last(change(honest.body), honest.headers) : null;

/** The honest reply with other values; null where it is no JSON, or is a refusal. */
const json = (change: (body: Json, honest: Honest) => Json) => (honest: Honest) => {
  if (honest.status >= 300 || !/^[[{]/.test(honest.body)) return null;
  return last(written(change(JSON.parse(honest.body) as Json, honest)), honest.headers);
};
const values = (change: Parameters<typeof each>[1]) => json(body => each(body, change));
const numbers = (change: (value: number) => Json) =>
  values((value, key) =>
    typeof value === 'number'
      ? change(value)
      : money(key) && typeof value === 'string' && /^\d+$/.test(value)
        ? change(Number(value))
        : value,
  );
const amounts = (asNumber: Json, asText: (text: string) => string) =>
  values((value, key) => {
    if (!money(key)) return value;
    if (typeof value === 'number') return asNumber;
    return typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? asText(value) : value;
  });
const at = (seconds: number, iso: string, day: string) => values(value => times(value, seconds, iso, day));

const WORD = /status$|state$|^kind|category|^quality|^media_|^fulfilledBy$|^OrderType$|^mode$/i;
const PII = {
  buyerName: 'Canary Person',
  email: 'canary.person@pii.example',
  phone: '+919999977777',
  shippingAddress: { line1: '7 Canary Lane', postalCode: '560077' },
  recipient: { name: 'Canary Person', email: 'canary.person@pii.example' },
};
/** Stands in what was never asked for: must be found nowhere afterwards. */
export const CANARY = /canary|9999977777|560077/i;

/** The end of a list that never comes, in the words of every provider at once; each looks at its own. */
const goesOn = (cursor: string) => ({
  nextPageToken: cursor,
  isLast: false,
  has_more: true,
  rowCount: 1_000_000_000,
  pagination: { nextToken: cursor },
  paging: { cursors: { after: cursor }, next: `https://elsewhere.example/next?after=${cursor}` },
});
const isObject = (body: Json): body is { [key: string]: Json } =>
  typeof body === 'object' && body !== null && !Array.isArray(body);
let pages = 0;
const endless = (cursor: () => string) =>
  json(body => (isObject(body) ? { ...body, ...(goesOn(cursor()) as { [key: string]: Json }) } : body));

/** What a provider can answer when it is broken, taken over or careless (CONTROLS part B). Each is applied to an honest reply. */
export const HOSTILE: readonly Behaviour[] = [
  { id: 'reset', group: 'The line', says: 'breaks off in the middle', tell: ({ body }) => cut(body) },
  { id: 'slow-drip', group: 'The line', says: 'sends a byte at a time, without end', tell: drip },
  { id: 'huge', group: 'The line', says: 'sends 100 MB', tell: huge },
  { id: 'gzip-bomb', group: 'The line', says: 'packs 64 MB into 64 KB', tell: () => plain(gzipBomb())() },
  { id: 'truncated', group: 'The line', says: 'stops in the middle of its JSON', tell: bytes(half) },
  { id: 'charset', group: 'The line', says: 'writes in UTF-16', tell: bytes(text => utf16(text).body) },
  { id: 'empty', group: 'What it says', says: 'says 200, and nothing else', tell: plain(EMPTY) },
  {
    id: 'error-in-200',
    group: 'What it says',
    says: 'says 200 and means an error',
    tell: plain({ body: JSON.stringify({ error: INTERNAL, errors: [INTERNAL], Success: false }) }),
  },
  { id: 'login-page', group: 'What it says', says: 'shows a log-in page', tell: plain(LOGIN_PAGE) },
  { id: 'deep', group: 'What it says', says: 'nests 100,000 levels deep', tell: plain(DEEP) },
  { id: 'nulls', group: 'What it says', says: 'says null everywhere', tell: values(() => null) },
  {
    id: 'unknown-word',
    group: 'What it says',
    says: 'uses states that nobody knows',
    tell: values((value, key) => (typeof value === 'string' && WORD.test(key) ? 'TELEPORTED' : value)),
  },
  {
    id: 'same-page',
    group: 'What it says',
    says: 'gives the same page again',
    repeats: true,
    tell: endless(() => 'again'),
  },
  {
    id: 'endless-pages',
    group: 'What it says',
    says: 'has always one more page',
    repeats: true,
    tell: endless(() => `p${pages++}`),
  },
  {
    id: 'money-negative',
    group: 'Numbers and times',
    says: 'has negative money',
    tell: amounts(-129_900, text => `-${text}`),
  },
  { id: 'money-nan', group: 'Numbers and times', says: 'has money of NaN', tell: amounts('@NaN@', () => 'NaN') },
  {
    id: 'money-huge',
    group: 'Numbers and times',
    says: 'has more money than there is',
    tell: amounts('@1e300@', text => `${text.split('.')[0]}000000000000`),
  },
  {
    id: 'money-twice',
    group: 'Numbers and times',
    says: 'says an amount twice',
    tell: bytes(text => text.replace(/"(\w*(?:amount|spend|value|Micros)\w*)":(?=["\d])/gi, '"$1":1,$&')),
  },
  { id: 'numbers-as-text', group: 'Numbers and times', says: 'writes numbers as text', tell: numbers(String) },
  {
    id: 'imprecise',
    group: 'Numbers and times',
    says: 'has numbers beyond 2^53',
    tell: numbers(() => '@9007199254740993@'),
  },
  { id: 'same-ids', group: 'Numbers and times', says: 'gives one id to all', tell: json(body => inLists(body)) },
  {
    id: 'future',
    group: 'Numbers and times',
    says: 'comes from the year 2999',
    tell: at(32_503_593_600, '2999-12-30', '29991230'),
  },
  { id: 'past', group: 'Numbers and times', says: 'comes from the year 1970', tell: at(1, '1970-01-02', '19700102') },
  {
    id: 'other-account',
    group: 'Data of others',
    says: 'answers with another account’s data',
    tell: json((body, { url }) => {
      const ids = named(url);
      return each(body, value =>
        typeof value === 'string' ? ids.reduce((text, id) => swapped(text, id, plusOne(id)), value) : value,
      );
    }),
  },
  {
    id: 'extra-pii',
    group: 'Data of others',
    says: 'adds names, phones and addresses',
    tell: json(body => each(body, value => value, PII)),
  },
  {
    id: 'redirect',
    group: 'Data of others',
    says: 'sends on to another page of its own',
    tell: refusal('302 Found', { location: '/_elsewhere' }),
  },
  {
    id: 'redirect-inside',
    group: 'Data of others',
    says: 'sends on to the inside of our network',
    tell: refusal('307 Temporary Redirect', { location: 'http://169.254.169.254/latest/meta-data/' }),
  },
  { id: 'too-many', group: 'Refusals', says: 'says 429, and not until when', tell: refusal('429 Too Many Requests') },
  {
    id: 'ten-years',
    group: 'Refusals',
    says: 'wants to be left alone for ten years',
    tell: refusal('429 Too Many Requests', { 'retry-after': TEN_YEARS }),
  },
  { id: 'server-error', group: 'Refusals', says: 'says 500', tell: refusal('500 Internal Server Error') },
  { id: 'unavailable', group: 'Refusals', says: 'says 503', tell: refusal('503 Service Unavailable') },
  { id: 'token-revoked', group: 'Refusals', says: 'does not accept the token', spoils: true, tell: () => null },
];

function half(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

/** The length of all of it, half of it, and the end. */
function cut(body: string): Answer {
  const whole = Buffer.from(body || '{"ok":true}');
  return socket => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n`);
    socket.end(whole.subarray(0, Math.floor(whole.length / 2)));
  };
}
