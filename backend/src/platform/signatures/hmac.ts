import { bytesOf } from '../crypto/index.ts';
import { asWritten, demandHmac, demandWithin, headerOf, keysOf, objectIn, unixSeconds } from './evidence.ts';
import type { HmacBody, HmacTimestamped, StandardWebhooks } from './scheme.ts';
import { refuse, type Verdict, vouched, type WebhookRequest } from './verdict.ts';

export function verifyHmacBody(scheme: HmacBody, request: WebhookRequest): Verdict {
  const keys = keysOf(request.secrets, asWritten);
  const header = headerOf(request.headers, scheme.header);
  if (!header.startsWith(scheme.prefix)) refuse('malformed');
  const given = bytesOf(header.slice(scheme.prefix.length), scheme.encoding) ?? refuse('malformed');
  demandHmac(keys, request.rawBody, [given]);
  return vouched(request.rawBody);
}

export function verifyHmacTimestamped(scheme: HmacTimestamped, request: WebhookRequest): Verdict {
  const keys = keysOf(request.secrets, asWritten);
  if (scheme.liveField !== null && request.live === undefined) refuse('secret_missing');
  const items = pairs(headerOf(request.headers, scheme.header), ',', ITEM);
  const [at, ...more] = items.filter(({ name }) => name === 't');
  if (!at || more.length > 0) return refuse('malformed');
  const given = items.filter(({ name }) => name === 'v1').map(({ value }) => bytesOf(value, 'hex'));
  demandHmac(keys, Buffer.concat([Buffer.from(`${at.value}.`), request.rawBody]), present(given));
  demandWithin(unixSeconds(at.value), request.now, both(scheme.toleranceSeconds));
  if (scheme.liveField !== null && objectIn(request.rawBody)[scheme.liveField] !== request.live) refuse('other_mode');
  return vouched(request.rawBody);
}

export function verifyStandardWebhooks(scheme: StandardWebhooks, request: WebhookRequest): Verdict {
  const keys = keysOf(request.secrets, standardKey);
  const family = scheme.families.find(name => request.headers[`${name}-signature`] !== undefined);
  if (family === undefined) return refuse('header_missing');
  const part = (name: string) => headerOf(request.headers, `${family}-${name}`);
  const [id, at, signatures] = [part('id'), part('timestamp'), part('signature')];
  // With a full stop in it, the end of an id could pass for the timestamp and the timestamp for the body.
  if (!/^[!-\-/-~]+$/.test(id)) refuse('malformed');
  const versions = pairs(signatures, ' ', VERSION);
  const given = versions.filter(({ name }) => name === 'v1').map(({ value }) => bytesOf(value, 'base64'));
  demandHmac(keys, Buffer.concat([Buffer.from(`${id}.${at}.`), request.rawBody]), present(given));
  demandWithin(unixSeconds(at), request.now, both(scheme.toleranceSeconds));
  return vouched(request.rawBody);
}

const both = (seconds: number) => ({ past: seconds, future: seconds });

/** One that cannot be read matches nothing; the others still may. */
function present(given: readonly (Buffer | null)[]): readonly Buffer[] {
  const readable = given.filter(one => one !== null);
  return readable.length > 0 ? readable : refuse('malformed');
}

type Pair = { readonly name: string; readonly value: string };

/** Stripe's `name=value` and the standard's `version,signature`, with nothing around: what is made of two joined headers is not read. */
const ITEM = /^([a-z][a-z0-9]*)=(\w+)$/;
const VERSION = /^(v\d+[a-z]?),([A-Za-z0-9+/]+={0,2})$/;

function pairs(text: string, between: string, pattern: RegExp): readonly Pair[] {
  return text.split(between).map(part => {
    const [, name, value] = pattern.exec(part) ?? [];
    return name && value ? { name, value } : refuse('malformed');
  });
}

function standardKey(secret: string): Buffer | null {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  return /^[A-Za-z0-9+/]{2,}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}
