import type { RowOf } from '@astrix/contract';
import type { AppliedBatch, Cache } from '../cache/api.ts';
import type { ConsoleDeps } from '../ports.ts';
import { isQuiet, noticesFor } from './notices.ts';

export type AnnouncerDeps = Pick<ConsoleDeps, 'shell' | 'settings' | 'clock'> & {
  readonly cache: () => Cache | null;
  /** The conversation on the screen; nothing is announced of what a person is looking at. */
  readonly viewing: () => { readonly conversationId: string } | null;
  readonly isPaused: () => boolean;
};

/** Tells the person of messages that arrived, unless notifications are off, paused, quiet for the client, or already on the screen. */
export function createAnnouncer({ shell, settings, clock, cache, viewing, isPaused }: AnnouncerDeps) {
  return async (arrived: AppliedBatch['arrived']): Promise<void> => {
    const open = cache();
    if (!open || isPaused() || !settings.get().notifications) return;
    const names = new Map((await open.clients()).map(view => [view.id, view.name]));
    for (const notice of noticesFor(arrived, id => names.get(id) ?? 'Client', clock.now())) {
      const { clientId, conversationId } = notice;
      if (shell.isFocused() && viewing()?.conversationId === conversationId) continue;
      const { rows } = await open.rows({
        collection: 'notificationPreferences',
        clientId,
        status: null,
        after: null,
        limit: 1,
      });
      const [preference = null] = rows as RowOf<'notificationPreferences'>[];
      if (isQuiet(preference, clock.now())) continue;
      shell.notify({
        title: notice.title,
        body: notice.body,
        target: { to: 'screen', screen: 'inbox', clientId, at: conversationId },
      });
    }
  };
}
