import type { Handlers } from '../ports.ts';
import type { Connecting } from './attempts.ts';

type Own = { readonly [N in keyof Handlers as N extends `connect.${string}` ? N : never]: Handlers[N] };

export type ConnectHandlerDeps = {
  readonly connecting: Connecting;
  /** Throws `not_found` for a client that this person does not have. */
  readonly demandClient: (clientId: string) => Promise<void>;
};

/** Attempts to connect that were begun on this machine. */
export function connectHandlers({ connecting, demandClient }: ConnectHandlerDeps): Own {
  return {
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
