import { createHmac } from 'node:crypto';
import type { WebhookRequest, WebhookScheme } from '../../../src/platform/signatures/index.ts';
import { jiraWebhook } from '../../../src/providers/jira/webhook.ts';
import { META_DELIVERIES } from '../../../src/providers/meta/webhooks.ts';

/** One side of each provider: what it signs, how, and what it holds. Everything that the forgeries need to try. */
export type Delivery = {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly urlToken?: string;
};
export type Signing = { readonly key?: string; readonly at?: string | number; readonly body?: Buffer };
export type Party = {
  readonly name: string;
  readonly scheme: WebhookScheme;
  /** Whether the signature vouches for the body, or only for who calls. */
  readonly vouches: boolean;
  /** What we verify by: two of each, as during a rotation. */
  readonly live: readonly string[];
  /** What the provider signs by: the same, or the private halves. */
  readonly keys: readonly [string, string];
  /** Keys that are not live here, by what they are. */
  readonly foreign: readonly (readonly [string, string])[];
  readonly settings: Pick<WebhookRequest, 'live' | 'audience' | 'urlToken' | 'urlSecrets'>;
  readonly body: Buffer;
  readonly sign: (how?: Signing) => Delivery;
};
/** A party whose signature stands in one header. */
export type HeaderParty = Party & { readonly header: string };

export const NOW = new Date('2026-11-20T06:30:00.000Z');
export const SECONDS = NOW.getTime() / 1000;

/** Escapes, letters of several planes, a float that prints otherwise: nothing survives being written again. */
export const EVENT = Buffer.from(
  '{"id":"evt_1","livemode":true,"account":"acct_A","text":"caf\\u00e9 \u00e9 \u0928\u092e\u0938\u094d\u0924\u0947 \\ud83d\\ude00 \u{1f600}","amount":1.0,"items":[{"b":2,"a":1}]}',
);

export const mac = (key: string | Buffer, data: string | Buffer, hash = 'sha256') => createHmac(hash, key).update(data);

const words = ['', 'undefined', 'null', 'the-verify-token', 'app-id-4711', '[redacted]'];
/** Other secrets of the neighbourhood, and other readings of the right one. */
export const foreignOf = (key: string): [string, string][] => [
  ['of another endpoint', `${key.slice(0, 6)}b3RoZXJvdGhlcm90aGVyb3RoZXJv`],
  ['of last year, whose overlap has ended', `${key.slice(0, 6)}b2xkb2xkb2xkb2xkb2xkb2xkb2xk`],
  ['with a line end', `${key}\n`],
  ['with a space in front', ` ${key}`],
  ['in capitals', key.toUpperCase()],
  ['backwards', [...key].reverse().join('')],
  ['cut short', key.slice(0, -1)],
  ['in base64', Buffer.from(key).toString('base64')],
  ...words.map((word): [string, string] => [`«${word}»`, word]),
];

type Form = { readonly header: string; readonly prefix: string; readonly encoding: 'hex' | 'base64' };
export const FORMS: Record<string, Form> = {
  WhatsApp: META_DELIVERIES.scheme,
  'Meta ads and Instagram': { header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex' },
  'Jira, by an administrator': jiraWebhook.scheme as Form,
  Razorpay: { header: 'x-razorpay-signature', prefix: '', encoding: 'hex' },
  'the Shopify kind': { header: 'x-shopify-hmac-sha256', prefix: '', encoding: 'base64' },
};

export const hmacParties: readonly HeaderParty[] = Object.entries(FORMS).map(([name, form]) => {
  const keys = [`secret-of-${name}-now`, `secret-of-${name}-next`] as const;
  return {
    name,
    scheme: { ...form, kind: 'hmac-body' },
    header: form.header,
    vouches: true,
    live: keys,
    keys,
    foreign: foreignOf(keys[0]),
    settings: {},
    body: EVENT,
    sign: ({ key = keys[0], body = EVENT } = {}) => ({
      body,
      headers: { [form.header]: `${form.prefix}${mac(key, body).digest(form.encoding)}` },
    }),
  };
});

const stripeKeys = ['whsec_bGl2ZWxpdmVsaXZlbGl2ZWxpdmU', 'whsec_bmV4dG5leHRuZXh0bmV4dG5leHQ'] as const;
export const stripeMac = (body: Buffer, at: string | number, key: string = stripeKeys[0]) =>
  mac(key, Buffer.concat([Buffer.from(`${at}.`), body])).digest('hex');
export const stripe: HeaderParty = {
  name: 'Stripe',
  scheme: { kind: 'hmac-timestamped', header: 'stripe-signature', toleranceSeconds: 300, liveField: 'livemode' },
  header: 'stripe-signature',
  vouches: true,
  live: stripeKeys,
  keys: stripeKeys,
  foreign: [...foreignOf(stripeKeys[0]), ['without its prefix', stripeKeys[0].slice('whsec_'.length)]],
  settings: { live: true },
  body: EVENT,
  sign: ({ key = stripeKeys[0], at = SECONDS, body = EVENT } = {}) => ({
    body,
    headers: { 'stripe-signature': `t=${at},v1=${stripeMac(body, at, key)}` },
  }),
};

const standardKeys = ['whsec_bGl2ZWxpdmVsaXZlbGl2ZWxpdmVs', 'whsec_bmV4dG5leHRuZXh0bmV4dG5leHRu'] as const;
export const standardKey = (secret: string) => Buffer.from(secret.replace('whsec_', ''), 'base64');
export const standardMac = (id: string, at: string | number, body: Buffer, key = standardKey(standardKeys[0])) =>
  mac(key, Buffer.concat([Buffer.from(`${id}.${at}.`), body])).digest('base64');
export const standard: HeaderParty = {
  name: 'Standard Webhooks',
  scheme: { kind: 'standard-webhooks', families: ['webhook'], toleranceSeconds: 300 },
  header: 'webhook-signature',
  vouches: true,
  live: standardKeys,
  keys: standardKeys,
  // The prefix and spaces do not reach the key, so only what changes its bytes is another key.
  foreign: foreignOf(standardKeys[0]).filter(([, key]) => !standardKey(key).equals(standardKey(standardKeys[0]))),
  settings: {},
  body: EVENT,
  sign: ({ key = standardKeys[0], at = SECONDS, body = EVENT } = {}) => ({
    body,
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': `${at}`,
      'webhook-signature': `v1,${standardMac('msg_1', at, body, standardKey(key))}`,
    },
  }),
};

export const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const appSecrets = ['the-app-secret-of-meta-now', 'the-app-secret-of-meta-next'] as const;
export const requestOf = (payload: unknown, key: string = appSecrets[0], hash = 'sha256') =>
  `${mac(key, b64(payload), hash).digest('base64url')}.${b64(payload)}`;
export const REQUEST = { algorithm: 'HMAC-SHA256', issued_at: SECONDS, user_id: '10210' };
const formOf = (value: string) => Buffer.from(`signed_request=${value}`);
export const signedRequest: Party = {
  name: 'Meta signed_request',
  scheme: { kind: 'signed-request', field: 'signed_request', maxAgeSeconds: 3600, toleranceSeconds: 300 },
  vouches: true,
  live: appSecrets,
  keys: appSecrets,
  foreign: foreignOf(appSecrets[0]),
  settings: {},
  body: formOf(requestOf(REQUEST)),
  sign: ({ key = appSecrets[0], at = SECONDS } = {}) => ({
    body: formOf(requestOf({ ...REQUEST, issued_at: at }, key)),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
};

const tokens = ['a-token-that-we-chose-now', 'a-token-that-we-chose-next'] as const;
export const delhivery: HeaderParty = {
  name: 'Delhivery, which signs nothing',
  scheme: { kind: 'secret-url-token', headers: ['x-api-key', 'anx-api-key'] },
  header: 'x-api-key',
  vouches: false,
  live: tokens,
  keys: tokens,
  foreign: foreignOf(tokens[0]),
  settings: {},
  body: EVENT,
  sign: ({ key = tokens[0], body = EVENT } = {}) => ({
    body,
    headers: { 'x-api-key': key },
    urlToken: 'u7b9d1f3a5c7e9-now',
  }),
};
/** The live secrets of the addresses. */
export const URL_SECRETS = ['u7b9d1f3a5c7e9-now', 'u7b9d1f3a5c7e9-next'];
