import type { AstrixClient } from '@astrix/sdk';
import type { AccountState, OutboxItem, Topic } from '../shared/ipc.ts';
import { refusalOf } from './account/session.ts';
import { CacheError, type Command } from './cache/api.ts';
import { inOrder } from './clients/tray-model.ts';
import type { Connecting } from './connect/attempts.ts';
import { connectionHandlers } from './connect/handlers.ts';
import type { Desk } from './desk.ts';
import { judgeLink } from './guard/rules.ts';
import { ConsoleError } from './ipc/errors.ts';
import type { ConsoleDeps, Handlers } from './ports.ts';
import type { StatusBoard } from './sync/status.ts';

type View = Awaited<ReturnType<Handlers['clients.list']>>[number];

export type HandlerDeps = {
  readonly deps: ConsoleDeps;
  readonly client: AstrixClient;
  /** For what waits for a provider. */
  readonly patient: AstrixClient;
  readonly connecting: Connecting;
  readonly status: StatusBoard;
  readonly state: () => AccountState;
  readonly desk: () => Desk | null;
  readonly newId: () => string;
  readonly views: () => Promise<View[]>;
  readonly changed: (topics: Topic[]) => void;
  readonly account: {
    readonly signIn: (email: string, password: string) => Promise<AccountState>;
    readonly verifyTotp: (code: string) => Promise<AccountState>;
    readonly cancelTotp: () => Promise<AccountState>;
    readonly signOut: () => Promise<AccountState>;
    readonly sessionId: () => string | null;
  };
  readonly current: {
    readonly get: () => string | null;
    readonly set: (clientId: string) => Promise<void>;
    readonly view: (at: { clientId: string; conversationId: string } | null) => void;
  };
};

type Written = Command extends infer C ? (C extends Command ? Omit<C, 'id' | 'createdAt'> : never) : never;

const notFound = () =>
  new ConsoleError('not_found', 'There is nothing here that you may see.', 'Go back to the inbox.');

/** One function for each call of the contract; each is thin, the work is done in the rooms behind it. */
export function createHandlers(h: HandlerDeps): Handlers {
  const { deps, client, status, account, current } = h;
  const { settings, shell, clock } = deps;

  const seat = (): Desk => {
    const desk = h.desk();
    if (!desk) throw new ConsoleError('signed_out', 'You are not signed in.', 'Sign in and try again.');
    return desk;
  };

  async function demandClient(clientId: string): Promise<void> {
    if (!(await h.views()).some(view => view.id === clientId)) throw notFound();
  }

  /** Every write goes to the outbox first. The conversation must belong to the client of the screen it was made on (SH-21). */
  async function write(command: Written): Promise<OutboxItem> {
    const { cache, pump } = seat();
    const { clientId, conversationId } = command;
    if ((await cache.conversation({ clientId, conversationId })) === null) throw notFound();
    try {
      // By the clock of the server as far as it is known, so that what waits stands where it will stand.
      const createdAt = new Date(clock.now().getTime() - status.get().clockSkewSeconds * 1000).toISOString();
      const item = await cache.enqueue({ ...command, id: h.newId(), createdAt } as Command);
      await pump.count();
      h.changed(['outbox', 'clients', `inbox:${clientId}`, `thread:${conversationId}`]);
      pump.kick();
      return item;
    } catch (error) {
      if (error instanceof CacheError && error.failure === 'disk-full') {
        status.set({ trouble: 'The disk is full: new replies cannot be kept.' });
        throw new ConsoleError(
          'storage_full',
          'The disk is full, so this was not kept.',
          'Your text is still here. Free some space and send it again.',
        );
      }
      throw error;
    }
  }

  return {
    'app.info': async () => ({
      version: deps.version,
      platform: deps.platform,
      shell: deps.shellKind,
      demo: deps.demo,
      backend: new URL(deps.backendUrl).host,
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

    'account.state': async () => h.state(),
    'account.signIn': ({ email, password }) => account.signIn(email, password),
    'account.verifyTotp': ({ code }) => account.verifyTotp(code),
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

    'clients.list': async () => inOrder(await h.views()),
    'clients.current': async () => ({ clientId: current.get() }),
    async 'clients.switch'({ clientId }) {
      await demandClient(clientId);
      await current.set(clientId);
      return null;
    },
    async 'clients.setPinned'({ clientId, pinned }) {
      await demandClient(clientId);
      const others = settings.get().pinnedClients.filter(id => id !== clientId);
      settings.set({ pinnedClients: pinned ? [...others, clientId].slice(-200) : others });
      h.changed(['clients']);
      return null;
    },
    'clients.preference': ({ clientId }) => seat().cache.preference(clientId),
    async 'clients.setPreference'({ clientId, ...body }) {
      const answer = await client.call('notifications.set-preference', { params: { clientId }, body });
      if (!answer.ok) throw refusalOf(answer);
      await seat().engine.pullNow();
      return null;
    },

    'people.list': () => seat().cache.people(),

    'inbox.list': args => seat().cache.inbox({ ...args, personId: seat().personId }),
    'inbox.counts': ({ clientId }) => seat().cache.counts({ clientId, personId: seat().personId }),
    'inbox.conversation': args => seat().cache.conversation(args),
    async 'inbox.thread'(args) {
      if (args.before === null) current.view({ clientId: args.clientId, conversationId: args.conversationId });
      return seat().cache.thread(args);
    },
    'inbox.contact': args => seat().cache.contact(args),
    'inbox.search': args => seat().cache.search(args),
    'inbox.tags': ({ clientId }) => seat().cache.tags(clientId),

    'inbox.reply': args => write({ kind: 'reply', messageId: h.newId(), ...args }),
    'inbox.addNote': args => write({ kind: 'note', noteId: h.newId(), authorId: seat().personId, ...args }),
    'inbox.assign': args => write({ kind: 'assign', ...args }),
    'inbox.changeTags': args => write({ kind: 'tags', ...args }),
    'inbox.snooze': args => write({ kind: 'snooze', ...args }),
    'inbox.setStatus': args => write({ kind: 'status', ...args }),
    'inbox.markRead': args => write({ kind: 'read', ...args }),
    'inbox.setOptOut': args => write({ kind: 'optOut', ...args }),

    'drafts.get': args => seat().cache.draft(args),
    async 'drafts.set'(args) {
      await seat().cache.setDraft(args);
      h.changed([`inbox:${args.clientId}`]);
      return null;
    },

    'outbox.list': ({ clientId }) => seat().cache.outbox(clientId),
    async 'outbox.retry'(args) {
      await seat().cache.retry(args);
      await seat().pump.count();
      h.changed(['outbox', 'clients', `inbox:${args.clientId}`, 'thread:*']);
      seat().pump.kick();
      return null;
    },
    async 'outbox.discard'(args) {
      await seat().cache.discard(args);
      await seat().pump.count();
      h.changed(['outbox', 'clients', `inbox:${args.clientId}`, 'thread:*']);
      return null;
    },

    ...connectionHandlers({ client: h.patient, connecting: h.connecting, demandClient }),

    'sync.status': async () => status.get(),
    async 'sync.now'() {
      seat().engine.wake();
      await seat().engine.pullNow();
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

function shown({
  theme,
  notifications,
  keepRunningInTray,
  sendWith,
  panels,
  pinnedClients,
}: ReturnType<ConsoleDeps['settings']['get']>) {
  return { theme, notifications, keepRunningInTray, sendWith, panels, pinnedClients };
}
