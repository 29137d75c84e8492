import { ROUTES, type RouteDefinition, type RouteName } from '@astrix/contract';
import type { AstrixClient, CallInput } from '@astrix/sdk';
import { z } from 'zod';
import { refusalOf } from '../account/session.ts';
import { ConsoleError } from '../ipc/errors.ts';
import type { Handlers } from '../ports.ts';
import { checkedArgs, checkedResult, declared } from './checked.ts';

type Own = Pick<Handlers, 'routes.read' | 'routes.change'>;
type Asked = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type RouteHandlerDeps = {
  readonly client: AstrixClient;
  /** For answers that wait for a provider. */
  readonly slowClient: AstrixClient;
  /** Throws `not_found` for a client that this person does not have. */
  readonly demandClient: (clientId: string) => Promise<void>;
};

const definitionOf = (name: RouteName): RouteDefinition => ROUTES[name];
const opens =
  (isRead: boolean) =>
  (name: string): name is RouteName =>
    Object.hasOwn(ROUTES, name) &&
    definitionOf(name as RouteName).window === true &&
    (definitionOf(name as RouteName).method === 'GET') === isRead;
const isReading = opens(true);
const isChanging = opens(false);

/** Asks the server through the routes that their features open to the window, and keeps nothing: what a form holds passes through. */
export function routeHandlers({ client, slowClient, demandClient }: RouteHandlerDeps): Own {
  async function ask(name: RouteName, { params, query, body }: Asked): Promise<unknown> {
    const route = definitionOf(name);
    // The server sees what was typed; the schemas only decide whether it may go.
    checkedArgs(route.params ?? z.strictObject({}), params);
    checkedArgs(route.query ?? z.strictObject({}), query);
    if (route.body) checkedArgs(route.body, body);
    else if (body !== undefined)
      throw new ConsoleError('bad_argument', 'This request takes no body.', 'Send it without.');
    const caller = route.reaches === 'provider' ? slowClient : client;
    const answer = await caller.call(name, { params, query, body } as unknown as CallInput<RouteName>);
    if (!answer.ok) throw refusalOf(answer);
    return checkedResult(route.reply, answer.value);
  }

  return {
    'routes.read': async ({ route, ...asked }) => ask(declared('request', route, isReading), asked),
    async 'routes.change'({ route, clientId, ...asked }) {
      const name = declared('request', route, isChanging);
      if (clientId === null) {
        if (definitionOf(name).scope !== 'agency')
          throw new ConsoleError('bad_argument', 'This request belongs to a client.', 'Open the client first.');
        return ask(name, asked);
      }
      await demandClient(clientId);
      if (asked.params.clientId !== undefined && asked.params.clientId !== clientId)
        throw new ConsoleError('bad_argument', 'This request belongs to another client.', 'Open that client first.');
      return ask(name, asked);
    },
  };
}
