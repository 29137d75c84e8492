import { OPTIONAL_FEATURES } from '@astrix/contract';
import type { AstrixClient } from '@astrix/sdk';
import type { Topic } from '../shared/ipc.ts';
import type { Lifecycle } from './account/lifecycle.ts';
import { refusalOf } from './account/session.ts';
import type { Connecting } from './connect/attempts.ts';
import { connectHandlers } from './connect/handlers.ts';
import { routeHandlers } from './data/routes.ts';
import { rowHandlers } from './data/rows.ts';
import { writeHandlers } from './data/writes.ts';
import type { Destination } from './destination.ts';
import { judgeLink } from './guard/rules.ts';
import { ConsoleError } from './ipc/errors.ts';
import type { ConsoleDeps, Handlers } from './ports.ts';
import type { StatusBoard } from './sync/status.ts';
import type { Workspace } from './workspace.ts';

type View = Awaited<ReturnType<Handlers['clients.list']>>[number];

export type HandlerDeps = {
  readonly deps: ConsoleDeps;
  readonly client: AstrixClient;
  /** For answers that wait for a provider. */
  readonly slowClient: AstrixClient;
  readonly connecting: Connecting;
  readonly status: StatusBoard;
  readonly account: Pick<
    Lifecycle,
    | 'state'
    | 'workspace'
    | 'signIn'
    | 'verifyTotp'
    | 'spendRecoveryCode'
    | 'cancelTotp'
    | 'signInWithBrowser'
    | 'reopenBrowser'
    | 'cancelBrowser'
    | 'signOut'
  >;
  readonly newId: () => string;
  readonly serverNow: () => Date;
  readonly views: () => Promise<View[]>;
  readonly changed: (topics: Topic[]) => void;
  readonly destination: Pick<Destination, 'take'>;
  /** What the window shows: main follows it. */
  readonly screen: {
    readonly clientId: () => string | null;
    readonly show: (clientId: string) => Promise<void>;
    readonly view: (at: { clientId: string; conversationId: string } | null) => void;
  };
};

const notFound = () =>
  new ConsoleError('not_found', 'You do not have access to this.', 'Ask an admin of your agency for access.');

/** One function for each call of the contract. Each is short; the work is done in the folders behind it. */
export function createHandlers(h: HandlerDeps): Handlers {
  const { deps, client, status, account, screen } = h;
  const { settings, shell } = deps;

  const demandWorkspace = (): Workspace => {
    const workspace = account.workspace();
    if (!workspace) throw new ConsoleError('signed_out', 'You are not signed in.', 'Sign in and try again.');
    return workspace;
  };

  async function demandClient(clientId: string): Promise<void> {
    if (!(await h.views()).some(view => view.id === clientId)) throw notFound();
  }

  const writes = writeHandlers({
    open: demandWorkspace,
    newId: h.newId,
    serverNow: h.serverNow,
    changed: h.changed,
    onDiskFull: () => void status.set({ trouble: 'The disk is full: new replies cannot be saved.' }),
  });
  const routes = routeHandlers({ client, slowClient: h.slowClient, demandClient });

  return {
    'app.info': async () => ({
      version: deps.version,
      platform: deps.platform,
      shell: deps.shellKind,
      demo: deps.demo,
      optionalFeatures: OPTIONAL_FEATURES,
    }),
    async 'app.openLink'({ url }) {
      const verdict = judgeLink(url);
      if (!verdict.allowed) throw new ConsoleError('refused', verdict.why, 'Copy the text if you need it.');
      await shell.openExternal(verdict.url);
      return { opened: true, host: verdict.host };
    },
    async 'app.setTitle'({ title }) {
      shell.setTitle(title);
      return null;
    },

    'app.takeDestination': () => h.destination.take(),

    ...deps.backend,

    'account.state': async () => account.state(),
    'account.signIn': ({ email, password }) => account.signIn(email, password),
    'account.verifyTotp': ({ code }) => account.verifyTotp(code),
    'account.spendRecoveryCode': ({ code }) => account.spendRecoveryCode(code),
    'account.signInWithBrowser': () => account.signInWithBrowser(),
    async 'account.reopenBrowser'() {
      await account.reopenBrowser();
      return null;
    },
    async 'account.cancelBrowser'() {
      account.cancelBrowser();
      return null;
    },
    async 'account.addPasskey'() {
      const answer = await client.call('web-sign-in.add-passkey', {});
      if (!answer.ok) throw refusalOf(answer);
      if (!(await shell.openSignIn(answer.value.url)))
        throw new ConsoleError(
          'refused',
          'The browser could not be opened.',
          'Check that this computer has a default browser, then try again.',
        );
      return null;
    },
    'account.cancelTotp': () => account.cancelTotp(),
    'account.signOut': () => account.signOut(),
    async 'account.sessions'({ all }) {
      const answer = await client.call('identity.list-sessions', { query: { all: all ? 'true' : 'false' } });
      if (!answer.ok) throw refusalOf(answer);
      return answer.value.sessions.map(({ personId: _personId, ...session }) => session);
    },
    async 'account.endSession'({ sessionId }) {
      const answer = await client.call('identity.end-session', { params: { sessionId } });
      if (!answer.ok) throw refusalOf(answer);
      return null;
    },
    async 'account.demoPeople'() {
      if (!deps.demo) return [];
      const answer = await client.call('identity.demo-people', {});
      if (!answer.ok) throw refusalOf(answer);
      return answer.value.people;
    },

    'clients.list': () => h.views(),
    'clients.current': async () => ({ clientId: screen.clientId() }),
    async 'clients.switch'({ clientId }) {
      await demandClient(clientId);
      await screen.show(clientId);
      return null;
    },
    async 'clients.setOrder'({ clientIds }) {
      const { personId } = demandWorkspace();
      for (const clientId of clientIds) await demandClient(clientId);
      settings.set({ clientOrders: { ...settings.get().clientOrders, [personId]: clientIds } });
      h.changed(['clients']);
      return null;
    },
    'inbox.list': args => demandWorkspace().cache.inbox({ ...args, personId: demandWorkspace().personId }),
    'inbox.counts': ({ clientId }) =>
      demandWorkspace().cache.counts({ clientId, personId: demandWorkspace().personId }),
    'inbox.conversation': args => demandWorkspace().cache.conversation(args),
    async 'inbox.thread'(args) {
      if (args.before === null && args.from === null)
        screen.view({ clientId: args.clientId, conversationId: args.conversationId });
      return demandWorkspace().cache.thread(args);
    },
    'inbox.search': args => demandWorkspace().cache.search(args),
    'inbox.tags': ({ clientId }) => demandWorkspace().cache.tags(clientId),

    'drafts.get': args => demandWorkspace().cache.draft(args),
    async 'drafts.set'(args) {
      await demandWorkspace().cache.setDraft(args);
      h.changed([`inbox:${args.clientId}`]);
      return null;
    },

    ...rowHandlers(() => demandWorkspace().cache),
    ...writes,
    ...routes,
    ...connectHandlers({ connecting: h.connecting, demandClient }),

    'sync.status': async () => status.get(),
    async 'sync.now'() {
      demandWorkspace().engine.wake();
      await demandWorkspace().engine.pullNow();
      return null;
    },

    'settings.get': async () => shown(settings.get()),
    async 'settings.set'(change) {
      const next = shown(settings.set(change));
      deps.emit('settingsChanged', next);
      return next;
    },
  };
}

/** What the window sees of the settings. */
export function shown({
  theme,
  notifications,
  keepRunningInTray,
  sendWith,
  panels,
}: ReturnType<ConsoleDeps['settings']['get']>) {
  return { theme, notifications, keepRunningInTray, sendWith, panels };
}
