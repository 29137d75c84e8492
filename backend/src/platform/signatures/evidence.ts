import type { Secret } from '../../kernel/secret.ts';
import { parseStrictly } from '../../kernel/strict-json.ts';
import { equalDigests, equalTexts, hmacSha256 } from '../crypto/index.ts';
import { refuse, type WebhookRequest } from './verdict.ts';

/** The one value of a header. A second one is refused: readers differ in which of them they believe. */
export function headerOf(headers: WebhookRequest['headers'], name: string): string {
  const value = headers[name];
  if (value === undefined || value === '') return refuse('header_missing');
  return typeof value === 'string' ? value : refuse('header_repeated');
}

/** What the secrets make as keys; an empty or unreadable one counts as none, and none at all is refused (WH-04). */
export function keysOf<K>(secrets: readonly Secret[], read: (secret: string) => K | null): readonly K[] {
  const keys = secrets.map(secret => secret.reveal()).map(text => (text === '' ? null : read(text)));
  const usable = keys.filter(key => key !== null);
  return usable.length > 0 ? usable : refuse('secret_missing');
}

/** For schemes that use the secret as it is written. */
export const asWritten = (text: string): string => text;

/** Every key meets every signature, whichever matches: the time says nothing about which one it was (WH-02, WH-05). */
export function demandHmac(keys: readonly (string | Buffer)[], data: Buffer, given: readonly Buffer[]): void {
  let holds = false;
  for (const key of keys) {
    const digest = hmacSha256(key, data);
    for (const signature of given) holds = equalDigests(signature, digest) || holds;
  }
  if (!holds) refuse('signature');
}

/** Whether a text is one of ours, in time that depends on neither. */
export function isOneOf(given: string, ours: readonly string[]): boolean {
  let holds = false;
  for (const own of ours) holds = equalTexts(given, own) || holds;
  return holds;
}

/** The secret in the address (WH-06). */
export function demandUrlToken(request: WebhookRequest): void {
  const ours = keysOf(request.urlSecrets ?? [], asWritten);
  if (!isOneOf(request.urlToken ?? '', ours)) refuse('address');
}

/** Seconds since 1970 that a provider wrote down in digits. */
export function unixSeconds(text: string): number {
  return /^(?:0|[1-9]\d{0,11})$/.test(text) ? Number(text) : refuse('malformed');
}

/** Both directions: a future timestamp would be good for longer than the window (WH-03). */
export function demandWithin(at: number, now: Date, limits: { readonly past: number; readonly future: number }): void {
  const age = Math.floor(now.getTime() / 1000) - at;
  if (age > limits.past) refuse('too_old');
  if (age < -limits.future) refuse('too_new');
}

/** A JSON object, read so that no two readers can see different things in it. */
export function objectIn(bytes: Buffer): Readonly<Record<string, unknown>> {
  const parsed = parseStrictly(bytes);
  const value = 'fault' in parsed ? null : parsed.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse('malformed');
}
