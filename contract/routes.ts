import * as agencies from './routes/agencies.ts';
import * as conversations from './routes/conversations.ts';
import * as identity from './routes/identity.ts';
import * as platform from './routes/platform.ts';

export { CLOSING_SECONDS, INBOX_FILTERS, InboxFilter } from './routes/conversations.ts';
export type { SessionView, SignedIn } from './routes/identity.ts';

/** Every route of the backend, by the name the SDK and the handlers use. */
export const ROUTES = {
  signIn: identity.signIn,
  verifyTotp: identity.verifyTotp,
  refresh: identity.refresh,
  signOut: identity.signOut,
  me: identity.me,
  listSessions: identity.listSessions,
  endSession: identity.endSession,
  demoPeople: identity.demoPeople,
  listPeople: agencies.listPeople,
  listClients: agencies.listClients,
  getClient: agencies.getClient,
  grantAccess: agencies.grantAccess,
  revokeAccess: agencies.revokeAccess,
  listConversations: conversations.listConversations,
  getConversation: conversations.getConversation,
  listMessages: conversations.listMessages,
  reply: conversations.reply,
  addNote: conversations.addNote,
  assign: conversations.assign,
  changeTags: conversations.changeTags,
  snooze: conversations.snooze,
  setStatus: conversations.setStatus,
  markRead: conversations.markRead,
  getContact: conversations.getContact,
  setOptOut: conversations.setOptOut,
  setNotificationPreference: conversations.setNotificationPreference,
  health: platform.health,
  ready: platform.ready,
  metrics: platform.metrics,
  meta: platform.meta,
  sync: platform.sync,
  live: platform.live,
  verifyWhatsapp: platform.verifyWhatsapp,
  receiveWhatsapp: platform.receiveWhatsapp,
  listDeadLetters: platform.listDeadLetters,
  replayDeadLetter: platform.replayDeadLetter,
} as const;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
