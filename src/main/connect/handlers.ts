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
      got<'listCatalogue'>(await client.call('listCatalogue', { params: { clientId } })).entries,
    'connections.list': async ({ clientId }) =>
      got<'listConnections'>(await client.call('listConnections', { params: { clientId } })).connections,
    'connections.data': async ({ text, refresh, ...params }) =>
      got<'readConnectionData'>(
        await client.call('readConnectionData', {
          params,
          query: { ...(text ? { text } : {}), ...(refresh ? { refresh: '1' as const } : {}) },
        }),
      ),
    'connections.calls': async params =>
      got<'listConnectionCalls'>(await client.call('listConnectionCalls', { params })).calls,
    'connections.receipts': async params => got<'listReceipts'>(await client.call('listReceipts', { params })).receipts,
    async 'connections.connectByKey'({ clientId, ...body }) {
      await demandClient(clientId);
      return got<'connectByKey'>(await client.call('connectByKey', { params: { clientId }, body }));
    },
    async 'connections.check'(params) {
      await demandClient(params.clientId);
      return got<'checkConnection'>(await client.call('checkConnection', { params }));
    },
    async 'connections.rotateWebhook'(params) {
      await demandClient(params.clientId);
      return got<'rotateWebhook'>(await client.call('rotateWebhook', { params }));
    },
    async 'connections.disconnect'(params) {
      await demandClient(params.clientId);
      return got<'disconnect'>(await client.call('disconnect', { params }));
    },
    'connections.switches': async () => got<'listSwitches'>(await client.call('listSwitches', {})).switches,
    async 'connections.setSwitch'({ clientId, ...body }) {
      await demandClient(clientId);
      return got<'setSwitch'>(await client.call('setSwitch', { body }));
    },
    'connections.access': async () => got<'listProviderAccess'>(await client.call('listProviderAccess', {})).denied,
    async 'connections.setAccess'({ clientId, personId, denied }) {
      await demandClient(clientId);
      return got<'setProviderAccess'>(
        await client.call('setProviderAccess', { params: { personId }, body: { denied } }),
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
