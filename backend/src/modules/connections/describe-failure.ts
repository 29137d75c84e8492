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

const UNCHANGED = 'What was read before stays as it was. If it stays like this, tell support the code.';

/** What happened in plain words, and what to do. */
export function describeFailure(failed: Failed, { name, auth }: Pick<Manifest, 'name' | 'auth'>): Fault {
  switch (failed.kind) {
    case 'retry': {
      const busy = failed.status === 429 || failed.reason === 'rate-limited' || failed.reason === 'budget';
      return {
        code: busy ? 'rate-limited' : 'unreachable',
        reason: busy ? `${name} asks us to wait.` : `${name} does not answer at the moment.`,
        next: `Nothing to do: it is tried again ${inTime(failed.afterSeconds)}. What was read before stays.`,
      };
    }
    case 'reauth':
      return {
        code: shorten(shown(failed.code), 60) || 'reauth',
        reason: `${name} no longer accepts this connection.`,
        next: failed.next ?? (auth.kind === 'key' ? 'Give a new key.' : `Reconnect it: sign in at ${name} again.`),
      };
    case 'permanent':
      if (failed.code === 'redirect')
        return {
          code: 'redirect',
          reason: `${name} sends us on to another address, and we go to none that it names.`,
          next: UNCHANGED,
        };
      return {
        code: shorten(shown(failed.code), 60) || 'refused',
        reason: `${name} refused: ${shown(failed.reason) || 'it gave no reason'}`,
        next:
          failed.next ??
          (/scope|permission|forbidden|http-403/i.test(`${failed.code} ${failed.reason}`)
            ? 'Reconnect and allow what is asked for, or ask the owner of the account for the permission.'
            : 'Correct what it names. If it stays, tell support the code.'),
      };
    case 'malformed':
    case 'ambiguous':
      return {
        code: shorten(`unreadable-${failed.reason}`, 60),
        reason:
          failed.reason === OTHER_ACCOUNT
            ? `${name} answered with the data of another account. Nothing of it was kept.`
            : `${name} answered with something that cannot be used.`,
        next: UNCHANGED,
      };
    case 'refused':
      return failed.reason === 'switched-off'
        ? {
            code: 'switched-off',
            reason: 'An admin has switched this off.',
            next: 'Ask an owner or admin of your agency why, and when it is on again.',
          }
        : {
            code: shorten(shown(failed.reason), 60),
            reason: `This server could not make the call to ${name}.`,
            next: 'Try again. If it stays, tell support the code.',
          };
  }
}
