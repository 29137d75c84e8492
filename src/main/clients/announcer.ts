import type { RowOf } from '@astrix/contract';
import type { AppliedBatch, Cache } from '../cache/api.ts';
import type { ConsoleDeps } from '../ports.ts';
import { accountNotice, isQuiet, isUrgent, noticesFor } from './notices.ts';

export type AnnouncerDeps = Pick<ConsoleDeps, 'shell' | 'settings' | 'clock'> & {
  readonly cache: () => Cache | null;
  /** The conversation on the screen; nothing is announced of what a person is looking at. */
  readonly viewing: () => { readonly conversationId: string } | null;
  readonly isPaused: () => boolean;
  /** Whether the person who is signed in can act on what a provider says about an account. */
  readonly looksAfterAccounts: () => boolean;
};

/**
 * Tells the person of messages that arrived, and those who look after accounts of what a provider says about one, once, when the notice is new
 * to the cache. Nothing is told while notifications are off, paused or quiet for the client, or of what is on the screen.
 */
export function createAnnouncer({
  shell,
  settings,
  clock,
  cache,
  viewing,
  isPaused,
  looksAfterAccounts,
}: AnnouncerDeps) {
  return async ({ arrived, notices }: Pick<AppliedBatch, 'arrived' | 'notices'>): Promise<void> => {
    const open = cache();
    if (!open || isPaused() || !settings.get().notifications) return;
    const names = new Map((await open.clients()).map(view => [view.id, view.name]));
    const isQuietNow = async (clientId: string) => {
      const asked = { collection: 'notificationPreferences', clientId, status: null, after: null, limit: 1 } as const;
      const [preference = null] = (await open.rows(asked)).rows as RowOf<'notificationPreferences'>[];
      return isQuiet(preference, clock.now());
    };
    for (const notice of noticesFor(arrived, id => names.get(id) ?? 'Client', clock.now())) {
      const { clientId, conversationId } = notice;
      if (shell.isFocused() && viewing()?.conversationId === conversationId) continue;
      if (await isQuietNow(clientId)) continue;
      shell.notify({
        title: notice.title,
        body: notice.body,
        target: { to: 'screen', screen: 'inbox', clientId, at: conversationId },
      });
    }
    if (!looksAfterAccounts()) return;
    for (const notice of notices.filter(one => isUrgent(one, clock.now()))) {
      if (await isQuietNow(notice.clientId)) continue;
      const { title, body, clientId, connectionId } = accountNotice(notice, names.get(notice.clientId) ?? 'Client');
      shell.notify({ title, body, target: { to: 'screen', screen: 'connections', clientId, at: connectionId } });
    }
  };
}
