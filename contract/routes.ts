import * as agencies from './routes/agencies.ts';
import * as connections from './routes/connections.ts';
import * as conversations from './routes/conversations.ts';
import * as identity from './routes/identity.ts';
import * as platform from './routes/platform.ts';
import * as webhooks from './routes/webhooks.ts';

export {
  type AccountView,
  AttemptView,
  ConnectionData,
  ConnectionView,
  DisconnectReceipt,
  type HealthView,
  ProviderCall,
  SWITCH_SCOPES,
  SwitchView,
  Trouble,
  WebhookAddress,
} from './routes/connections.ts';
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
  listCatalogue: connections.listCatalogue,
  listConnections: connections.listConnections,
  startConnect: connections.startConnect,
  oauthCallback: connections.oauthCallback,
  claimConnect: connections.claimConnect,
  confirmConnect: connections.confirmConnect,
  cancelConnect: connections.cancelConnect,
  connectByKey: connections.connectByKey,
  checkConnection: connections.checkConnection,
  rotateWebhook: connections.rotateWebhook,
  disconnect: connections.disconnect,
  readConnectionData: connections.readConnectionData,
  listConnectionCalls: connections.listConnectionCalls,
  listReceipts: connections.listReceipts,
  listSwitches: connections.listSwitches,
  setSwitch: connections.setSwitch,
  listProviderAccess: connections.listProviderAccess,
  setProviderAccess: connections.setProviderAccess,
  health: platform.health,
  ready: platform.ready,
  metrics: platform.metrics,
  meta: platform.meta,
  sync: platform.sync,
  live: platform.live,
  verifyWhatsapp: platform.verifyWhatsapp,
  receiveWhatsapp: platform.receiveWhatsapp,
  verifyAppWebhook: webhooks.verifyAppWebhook,
  receiveAppWebhook: webhooks.receiveAppWebhook,
  receiveConnectionWebhook: webhooks.receiveConnectionWebhook,
  deauthorizeMeta: webhooks.deauthorizeMeta,
  deleteMetaData: webhooks.deleteMetaData,
  dataDeletion: webhooks.dataDeletion,
  listDeadLetters: platform.listDeadLetters,
  replayDeadLetter: platform.replayDeadLetter,
} as const;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
