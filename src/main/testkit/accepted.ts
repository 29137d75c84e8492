import type { ArgsIn, CallName } from '../../shared/ipc.ts';

export const id = '0190b8a0-1111-7222-8333-444455556666';
const conversation = { clientId: id, conversationId: id };
const connection = { clientId: id, connectionId: id };
const attempt = { clientId: id, attemptId: id };

/** One argument that each channel accepts. A channel that is added without one does not compile. */
export const ACCEPTED: { readonly [N in CallName]: ArgsIn<N> } = {
  'app.info': undefined,
  'app.openLink': { url: 'https://example.com/' },
  'app.setTitle': { title: 'Inbox' },
  'app.takeDestination': undefined,
  'account.state': undefined,
  'account.signIn': { email: 'asha@example.com', password: 'correct horse' },
  'account.verifyTotp': { code: '123456' },
  'account.cancelTotp': undefined,
  'account.signOut': undefined,
  'account.sessions': { all: false },
  'account.endSession': { sessionId: id },
  'account.demoPeople': undefined,
  'clients.list': undefined,
  'clients.current': undefined,
  'clients.switch': { clientId: id },
  'clients.setOrder': { clientIds: [id] },
  'inbox.list': { clientId: id, filter: 'open', after: null, limit: 50 },
  'inbox.counts': { clientId: id },
  'inbox.conversation': conversation,
  'inbox.thread': { ...conversation, before: null, limit: 50 },
  'inbox.search': { clientId: null, q: 'order', limit: 20 },
  'inbox.tags': { clientId: id },
  'rows.list': { collection: 'people', clientId: null, status: null, after: null, limit: 50 },
  'rows.get': { collection: 'contacts', clientId: id, id },
  'rows.search': { clientId: id, q: 'order', limit: 20 },
  'writes.make': { write: 'conversations.assign', clientId: id, args: { ...conversation, personId: null } },
  'routes.read': { route: 'connections.list', params: { clientId: id }, query: {} },
  'routes.change': { route: 'connections.check', clientId: id, params: connection, query: {} },
  'drafts.get': conversation,
  'drafts.set': { ...conversation, text: 'Half a thou', replyToId: null },
  'outbox.list': { clientId: null },
  'outbox.retry': { clientId: id, id, changes: { seenInboundId: null } },
  'outbox.discard': { clientId: id, id },
  'connect.state': { clientId: id },
  'connect.start': { clientId: id, provider: 'jira', shared: false, connectionId: null },
  'connect.reopen': attempt,
  'connect.confirm': { ...attempt, accountId: 'site-1' },
  'connect.cancel': attempt,
  'sync.status': undefined,
  'sync.now': undefined,
  'settings.get': undefined,
  'settings.set': { theme: 'dark' },
};
