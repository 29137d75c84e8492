import type { RouteName, RowOf, WriteName } from '@astrix/contract';
import type { REPEATED_CHANNELS } from '../../shared/repeated-channels.ts';
import type { Cache } from '../cache/api.ts';
import type { Handlers } from '../ports.ts';

type Own = { readonly [N in keyof typeof REPEATED_CHANNELS]: Handlers[N] };
type Generic = Pick<Handlers, 'writes.make' | 'routes.read' | 'routes.change'>;

/** Answers the channels that repeat the generic ones, by means of those. */
export function repeatedHandlers(generic: Generic, cache: () => Cache, pullNow: () => Promise<void>): Own {
  const write =
    (name: WriteName) =>
    <A extends { clientId: string }>(args: A) =>
      generic['writes.make']({ write: name, clientId: args.clientId, args });
  const read = async (route: RouteName, params: Record<string, string> = {}, query: Record<string, string> = {}) =>
    (await generic['routes.read']({ route, params, query })) as never;
  const change = async (route: RouteName, clientId: string, params: Record<string, string>, body?: unknown) =>
    (await generic['routes.change']({ route, clientId, params, query: {}, body })) as never;
  const all = { status: null, after: null, limit: 500 };
  return {
    async 'clients.preference'({ clientId }) {
      const { rows } = await cache().rows({ collection: 'notificationPreferences', clientId, ...all });
      return (rows[0] as RowOf<'notificationPreferences'> | undefined) ?? null;
    },
    async 'clients.setPreference'({ clientId, ...body }) {
      await change('notifications.set-preference', clientId, { clientId }, body);
      await pullNow();
      return null;
    },
    async 'people.list'() {
      const { rows } = await cache().rows({ collection: 'people', clientId: null, ...all });
      return (rows as RowOf<'people'>[]).sort((a, b) => a.name.localeCompare(b.name));
    },
    async 'inbox.contact'({ clientId, contactId }) {
      return (await cache().row({ collection: 'contacts', clientId, id: contactId })) as RowOf<'contacts'> | null;
    },
    'inbox.reply': write('conversations.reply'),
    'inbox.addNote': write('conversations.add-note'),
    'inbox.assign': write('conversations.assign'),
    'inbox.changeTags': write('conversations.change-tags'),
    'inbox.snooze': write('conversations.snooze'),
    'inbox.setStatus': write('conversations.set-status'),
    'inbox.markRead': write('conversations.mark-read'),
    'inbox.setOptOut': write('contacts.set-opt-out'),
    'connections.catalogue': async params =>
      ((await read('connections.catalogue', params)) as { entries: never }).entries,
    'connections.list': async params =>
      ((await read('connections.list', params)) as { connections: never }).connections,
    'connections.data': ({ text, refresh, ...params }) =>
      read('connections.data', params, { ...(text ? { text } : {}), ...(refresh ? { refresh: '1' } : {}) }),
    'connections.calls': async params => ((await read('connections.calls', params)) as { calls: never }).calls,
    'connections.receipts': async params =>
      ((await read('connections.receipts', params)) as { receipts: never }).receipts,
    'connections.connectByKey': ({ clientId, ...body }) =>
      change('connections.connect-key', clientId, { clientId }, body),
    'connections.check': params => change('connections.check', params.clientId, params),
    'connections.rotateWebhook': params => change('connections.rotate-webhook', params.clientId, params),
    'connections.disconnect': params => change('connections.disconnect', params.clientId, params),
    'connections.switches': async () => ((await read('connections.switches')) as { switches: never }).switches,
    'connections.setSwitch': ({ clientId, ...body }) => change('connections.set-switch', clientId, {}, body),
    'connections.access': async () => ((await read('connections.provider-access')) as { denied: never }).denied,
    'connections.setAccess': ({ clientId, personId, denied }) =>
      change('connections.set-provider-access', clientId, { personId }, { denied }),
  };
}
