import { type Fault, shorten } from '@astrix/contract';
import type { Failed } from '../../platform/egress/index.ts';
import type { Manifest } from '../../providers/provider.ts';
import { OTHER_ACCOUNT } from '../../providers/provider.ts';

const MAX_LENGTH = 300;

/** What a provider wrote, fit to be shown: one line, no control characters, not longer than a person reads. */
const shown = (text: string) =>
  shorten(
    // \p{C} would take the joiners out of emoji and out of Indian scripts.
    text.replace(/[\p{Cc}\p{Z}\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/gu, ' ').trim(),
    MAX_LENGTH,
  ).toWellFormed();

const TWO_HOURS = 7200;
const inTime = (seconds: number | null) =>
  seconds === null || seconds < 60
    ? 'in a moment'
    : seconds < TWO_HOURS
      ? `in about ${Math.ceil(seconds / 60)} minutes`
      : `in about ${Math.ceil(seconds / 3600)} hours`;

const UNCHANGED = 'Data that was read earlier is unchanged. If it happens again, send the code to support.';

/** What happened in plain words, and what to do. */
export function describeFailure(failed: Failed, { name, auth }: Pick<Manifest, 'name' | 'auth'>): Fault {
  switch (failed.kind) {
    case 'retry': {
      const busy = failed.status === 429 || failed.reason === 'rate-limited' || failed.reason === 'budget';
      return {
        code: busy ? 'rate-limited' : 'unreachable',
        reason: busy ? `${name} is limiting the number of requests.` : `${name} is not responding.`,
        next: `No action needed: Astrix tries again ${inTime(failed.afterSeconds)}. Data that was read earlier is kept.`,
      };
    }
    case 'reauth':
      return {
        code: shorten(shown(failed.code), 60) || 'reauth',
        reason: `${name} no longer accepts this connection.`,
        next: failed.next ?? (auth.kind === 'key' ? 'Replace the key.' : `Reconnect it: sign in at ${name} again.`),
      };
    case 'permanent':
      if (failed.code === 'redirect')
        return {
          code: 'redirect',
          reason: `${name} redirected to another address, which Astrix does not follow.`,
          next: UNCHANGED,
        };
      return {
        code: shorten(shown(failed.code), 60) || 'refused',
        reason: `${name} refused: ${shown(failed.reason) || 'it gave no reason'}`,
        next:
          failed.next ??
          (/scope|permission|forbidden|http-403/i.test(`${failed.code} ${failed.reason}`)
            ? 'Reconnect and allow all permissions, or ask the account owner to grant them.'
            : 'Correct the problem it names. If it happens again, send the code to support.'),
      };
    case 'malformed':
    case 'ambiguous':
      return {
        code: shorten(`unreadable-${failed.reason}`, 60),
        reason:
          failed.reason === OTHER_ACCOUNT
            ? `${name} returned data of a different account. It was discarded.`
            : `${name} returned a response that Astrix cannot read.`,
        next: UNCHANGED,
      };
    case 'refused':
      return failed.reason === 'switched-off'
        ? {
            code: 'switched-off',
            reason: 'An admin turned this off.',
            next: 'Ask an owner or admin of your agency to turn it on again.',
          }
        : {
            code: shorten(shown(failed.reason), 60),
            reason: `Astrix could not send the request to ${name}.`,
            next: 'Try again. If it happens again, send the code to support.',
          };
  }
}
