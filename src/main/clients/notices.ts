import { type AccountNoticeRow, type RowOf, secondOf, shorten } from '@astrix/contract';
import type { AppliedBatch } from '../cache/api.ts';
import { inPlainDirection } from '../ipc/text-direction.ts';

type Arrived = AppliedBatch['arrived'][number];
type Preference = Pick<RowOf<'notificationPreferences'>, 'muted' | 'quietFrom' | 'quietTo'>;

const IST_MINUTES = 330;

/** Minutes after midnight in India. */
export const istMinutes = (at: Date): number => (Math.floor(at.getTime() / 60_000) + IST_MINUTES) % 1440;

/** Quiet hours may run over midnight. */
export function isQuiet(preference: Preference | null, at: Date): boolean {
  if (preference === null) return false;
  if (preference.muted) return true;
  const { quietFrom, quietTo } = preference;
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return false;
  const minute = istMinutes(at);
  return quietFrom < quietTo ? minute >= quietFrom && minute < quietTo : minute >= quietFrom || minute < quietTo;
}

/** The notice about an account as a notification of the desktop. */
export const accountNotice = (
  { clientId, connectionId, reason, next }: AccountNoticeRow,
  clientName: string,
): Pick<Notice, 'title' | 'body' | 'clientId'> & { readonly connectionId: string } => ({
  title: inPlainDirection(`${shorten(reason, 80)} · ${clientName}`),
  body: inPlainDirection(shorten(next, 140)),
  clientId,
  connectionId,
});

/** Whether a notice is told by a notification: it says that somebody has to act, and it still holds. */
export const isUrgent = ({ severity, endedAt, until }: AccountNoticeRow, now: Date): boolean =>
  severity !== 'tells' && endedAt === null && (until === null || Date.parse(until) > now.getTime());

export type Notice = {
  readonly title: string;
  readonly body: string;
  readonly clientId: string;
  readonly conversationId: string;
};

/** WhatsApp stamps whole seconds, so the order of arrival decides between messages of one second. */
const isLater = (a: Arrived, b: Arrived): boolean =>
  secondOf(a.sentAt) === secondOf(b.sentAt) ? a.seq >= b.seq : a.sentAt >= b.sentAt;

/** Older than this is news no more: it arrived while this machine slept. */
const FRESH_MS = 10 * 60_000;

/** One notice for each conversation, however many messages came; the newest speaks. The title says which client (T6). */
export function noticesFor(arrived: readonly Arrived[], clientName: (clientId: string) => string, now: Date): Notice[] {
  const newest = new Map<string, { message: Arrived; count: number }>();
  for (const message of arrived) {
    if (now.getTime() - Date.parse(message.sentAt) > FRESH_MS) continue;
    const known = newest.get(message.conversationId);
    newest.set(message.conversationId, {
      message: !known || isLater(message, known.message) ? message : known.message,
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...newest.values()].map(({ message, count }) => ({
    title: inPlainDirection(`${message.contactName} · ${clientName(message.clientId)}`),
    body: inPlainDirection(
      `${shorten(message.text.replaceAll(/\s+/g, ' ').trim(), 140) || 'Sent a message'}${count > 1 ? ` (${count} messages)` : ''}`,
    ),
    clientId: message.clientId,
    conversationId: message.conversationId,
  }));
}
