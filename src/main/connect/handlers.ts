import type { RouteName } from '@astrix/contract';
import type { AstrixClient, CallResult } from '@astrix/sdk';
import { refusalOf } from '../account/session.ts';
import type { Handlers } from '../ports.ts';
import type { Connecting } from './attempts.ts';

type Own = {
  readonly [N in keyof Handlers as N extends `${'connections' | 'connect'}.${string}` ? N : never]: Handlers[N];
};

export type ConnectionHandlerDeps = {
  /** Patient: its calls wait for a provider. */
  readonly client: AstrixClient;
  readonly connecting: Connecting;
  /** Throws `not_found` for a client that this person does not have. */
  readonly demandClient: (clientId: string) => Promise<void>;
};

function got<N extends RouteName>(answer: CallResult<N>) {
  if (!answer.ok) throw refusalOf(answer);
  return answer.value;
}

/** Each asks the server and keeps nothing; what a form holds passes through and is gone. */
export function connectionHandlers({ client, connecting, demandClient }: ConnectionHandlerDeps): Own {
  return {
    'connections.catalogue': async ({ clientId }) =>
      got<'connections.catalogue'>(await client.call('connections.catalogue', { params: { clientId } })).entries,
    'connections.list': async ({ clientId }) =>
      got<'connections.list'>(await client.call('connections.list', { params: { clientId } })).connections,
    'connections.data': async ({ text, refresh, ...params }) =>
      got<'connections.data'>(
        await client.call('connections.data', {
          params,
          query: { ...(text ? { text } : {}), ...(refresh ? { refresh: '1' as const } : {}) },
        }),
      ),
    'connections.calls': async params =>
      got<'connections.calls'>(await client.call('connections.calls', { params })).calls,
    'connections.receipts': async params =>
      got<'connections.receipts'>(await client.call('connections.receipts', { params })).receipts,
    async 'connections.connectByKey'({ clientId, ...body }) {
      await demandClient(clientId);
      return got<'connections.connect-key'>(
        await client.call('connections.connect-key', { params: { clientId }, body }),
      );
    },
    async 'connections.check'(params) {
      await demandClient(params.clientId);
      return got<'connections.check'>(await client.call('connections.check', { params }));
    },
    async 'connections.rotateWebhook'(params) {
      await demandClient(params.clientId);
      return got<'connections.rotate-webhook'>(await client.call('connections.rotate-webhook', { params }));
    },
    async 'connections.disconnect'(params) {
      await demandClient(params.clientId);
      return got<'connections.disconnect'>(await client.call('connections.disconnect', { params }));
    },
    'connections.switches': async () =>
      got<'connections.switches'>(await client.call('connections.switches', {})).switches,
    async 'connections.setSwitch'({ clientId, ...body }) {
      await demandClient(clientId);
      return got<'connections.set-switch'>(await client.call('connections.set-switch', { body }));
    },
    'connections.access': async () =>
      got<'connections.provider-access'>(await client.call('connections.provider-access', {})).denied,
    async 'connections.setAccess'({ clientId, personId, denied }) {
      await demandClient(clientId);
      return got<'connections.set-provider-access'>(
        await client.call('connections.set-provider-access', { params: { personId }, body: { denied } }),
      );
    },

    'connect.state': async ({ clientId }) => connecting.state(clientId),
    async 'connect.start'(wish) {
      await demandClient(wish.clientId);
      return connecting.start(wish);
    },
    async 'connect.reopen'(of) {
      await connecting.reopen(of);
      return null;
    },
    'connect.confirm': ({ accountId, ...of }) => connecting.confirm(of, accountId),
    'connect.cancel': of => connecting.cancel(of),
  };
}
