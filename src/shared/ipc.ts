import { ClientRow, ConversationRow, Fault, fields, InboxFilter, MessageRow, NoteRow, Role } from '@astrix/contract';
import { z } from 'zod';
import { BACKEND_CHANNELS } from './backend.ts';
import { type Channel, call, event } from './channel.ts';
import { CONNECT_CHANNELS, ConnectState } from './connect.ts';
import { OutboxItem } from './outbox-item.ts';

export { OutboxItem, Refusal } from './outbox-item.ts';

export type { Channel };

/**
 * The one contract between the window and main: every channel with its argument, its result and who may call it.
 * Main, preload, renderer and tests derive from this table; nothing crosses that is not in it (SH-13, SH-14).
 */
const { Id, Instant } = fields;

const nothing = z.undefined();
const done = z.null();
const clientArg = z.strictObject({ clientId: Id });
const conversationArg = z.strictObject({ clientId: Id, conversationId: Id });

/** Where session and cache are kept: `keychain` on disk and encrypted, `memory` until the console quits (LC-02). */
export const StorageMode = z.strictObject({
  mode: z.enum(['keychain', 'memory']),
  /** What the window has to say about it; null when all is well. `key-lost` goes with `keychain`: begun anew, what was queued is lost. */
  reason: z.enum(['absent', 'locked', 'hanging', 'lost', 'disk-full', 'file-newer', 'key-lost']).nullable(),
});
export type StorageMode = z.infer<typeof StorageMode>;

export const AppInfo = z.strictObject({
  version: z.string(),
  platform: z.string(),
  /** `stand-in` where no Electron binary could be had and the window is a browser page. */
  shell: z.enum(['electron', 'stand-in']),
  demo: z.boolean(),
  /** What people call each feature that a client can do without, by the feature's name. */
  optionalFeatures: z.record(z.string().max(40), z.string().max(80)),
});
export type AppInfo = z.infer<typeof AppInfo>;

export const AccountState = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('starting') }),
  /** The console does not know yet which server the agency uses. */
  z.strictObject({ status: z.literal('no-backend') }),
  z.strictObject({ status: z.literal('signed-out'), notice: z.enum(['revoked', 'expired', 'lease-ended', 'none']) }),
  z.strictObject({ status: z.literal('totp') }),
  z.strictObject({
    status: z.literal('signed-in'),
    personId: Id,
    name: z.string(),
    email: z.string(),
    role: Role,
    agencyName: z.string(),
    permissions: z.array(z.string()),
    storage: StorageMode,
  }),
]);
export type AccountState = z.infer<typeof AccountState>;

export const DemoPerson = z.strictObject({
  name: z.string(),
  email: z.string(),
  password: z.string(),
  role: Role,
  about: z.string(),
  code: z.string().nullable(),
  codeExpiresIn: z.int().nullable(),
});
export type DemoPerson = z.infer<typeof DemoPerson>;

export const DeviceSession = z.strictObject({
  id: Id,
  personName: z.string(),
  deviceName: z.string(),
  platform: z.string(),
  createdAt: Instant,
  lastSeenAt: Instant,
  current: z.boolean(),
});
export type DeviceSession = z.infer<typeof DeviceSession>;

/** A client as the rail, the switcher and the tray show it. Lists of clients are in the order of the rail. */
export const ClientView = z.strictObject({
  ...ClientRow.shape,
  lastUsedAt: Instant.nullable(),
  unread: z.int(),
  failed: z.int(),
  closing: z.int(),
  waiting: z.int(),
  muted: z.boolean(),
});
export type ClientView = z.infer<typeof ClientView>;

export const ConversationView = z.strictObject({
  ...ConversationRow.shape,
  /** Writes of this console that have not reached the server. */
  waiting: z.int(),
  /** Writes that the server refused and a person has to decide on. */
  refused: z.int(),
  hasDraft: z.boolean(),
});
export type ConversationView = z.infer<typeof ConversationView>;

export const ThreadItem = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('message'), at: Instant, message: MessageRow }),
  z.strictObject({ type: z.literal('note'), at: Instant, note: NoteRow, waiting: z.boolean() }),
  z.strictObject({ type: z.literal('pending'), at: Instant, item: OutboxItem, replyToId: Id.nullable() }),
]);
export type ThreadItem = z.infer<typeof ThreadItem>;

export const ThreadPage = z.strictObject({
  items: z.array(ThreadItem),
  /** Messages of other pages that the items of this one answer. */
  quoted: z.array(MessageRow),
  /** Asks for the older page as `before`; null when there is none. */
  next: z.string().max(200).nullable(),
  /** Asks for the newer page as `from`; null on the newest page. */
  newer: z.string().max(200).nullable(),
});
export type ThreadPage = z.infer<typeof ThreadPage>;

export const InboxCounts = z.strictObject({
  open: z.int(),
  mine: z.int(),
  unassigned: z.int(),
  closing: z.int(),
  failed: z.int(),
  snoozed: z.int(),
  closed: z.int(),
  unread: z.int(),
});
export type InboxCounts = z.infer<typeof InboxCounts>;

export const SearchHit = z.strictObject({
  clientId: Id,
  clientName: z.string(),
  conversationId: Id,
  contactName: z.string(),
  messageId: Id.nullable(),
  /** Text around the match; matched parts are enclosed in U+E000 and U+E001, so that nothing has to be parsed as markup. */
  snippet: z.string().max(400),
  at: Instant,
});
export type SearchHit = z.infer<typeof SearchHit>;

/** A row of the cache's common table that search found. */
export const RowHit = z.strictObject({
  clientId: Id,
  clientName: z.string(),
  collection: z.string().max(60),
  id: z.string().max(80),
  /** As in a `SearchHit`. */
  snippet: z.string().max(400),
  at: Instant.nullable(),
});
export type RowHit = z.infer<typeof RowHit>;

export const Draft = z.strictObject({ text: z.string().max(4096), replyToId: Id.nullable(), updatedAt: Instant });
export type Draft = z.infer<typeof Draft>;

export const SyncStatus = z.strictObject({
  connection: z.enum(['online', 'connecting', 'offline', 'signed-out']),
  /** Last time that the cache was level with the server. */
  syncedAt: Instant.nullable(),
  offlineSince: Instant.nullable(),
  syncing: z.boolean(),
  /** Rows received in the running pull, for the first one on a new machine. */
  received: z.int(),
  waiting: z.int(),
  refused: z.int(),
  /** Shown as it is, such as "The disk is full: new replies cannot be kept". Null when all is well. */
  trouble: z.string().max(300).nullable(),
  /** Clock of this machine against the server, seconds; told when over 60. */
  clockSkewSeconds: z.int(),
});
export type SyncStatus = z.infer<typeof SyncStatus>;

export const Settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  notifications: z.boolean(),
  keepRunningInTray: z.boolean(),
  sendWith: z.enum(['enter', 'mod-enter']),
  /** Panel sizes in percent, by name of the panel. */
  panels: z.record(z.string().max(40), z.number().min(0).max(100)),
});
export type Settings = z.infer<typeof Settings>;

/** Every event says only which view has changed; the window asks again for what it shows. */
export const Topic = z.union([
  z.literal('clients'),
  z.literal('outbox'),
  z.templateLiteral(['inbox:', z.string()]),
  z.templateLiteral(['thread:', z.string()]),
  /** `rows:<collection>:<client>`, or `*` in place of the client for rows of the agency. */
  z.templateLiteral(['rows:', z.string(), ':', z.string()]),
]);
export type Topic = z.infer<typeof Topic>;

/** Name of a collection, write or route. Main checks it against the declared ones before anything else. */
const Name = z.string().max(80);
const Row = z.record(z.string().max(80), z.unknown());
const Asked = {
  params: z.record(z.string().max(40), z.string().max(200)).default({}),
  query: z.record(z.string().max(40), z.string().max(1000)).default({}),
};

/** Where a link, a notification or the tray leads: to a client, to a declared screen and what is open on it, or to an overlay. */
export const Destination = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('client'), clientId: Id }),
  z.strictObject({
    to: z.literal('screen'),
    screen: z.string().max(40),
    clientId: Id,
    at: z.string().max(200).nullable(),
  }),
  z.strictObject({ to: z.literal('switcher') }),
  z.strictObject({ to: z.literal('settings') }),
]);
export type Destination = z.infer<typeof Destination>;

export const CHANNELS = {
  'app.info': call('read', false, nothing, AppInfo),
  'app.openLink': call(
    'write',
    false,
    z.strictObject({ url: z.string().max(2048) }),
    z.strictObject({ opened: z.boolean(), host: z.string() }),
  ),
  'app.setTitle': call('write', false, z.strictObject({ title: z.string().max(200) }), done),
  /** Answers a destination once, to the window that goes there; null when there is none or its time has not come. */
  'app.takeDestination': call('write', true, nothing, Destination.nullable()),

  ...BACKEND_CHANNELS,

  'account.state': call('read', false, nothing, AccountState),
  'account.signIn': call(
    'write',
    false,
    z.strictObject({ email: z.string().max(254), password: z.string().min(1).max(256) }),
    AccountState,
  ),
  'account.verifyTotp': call(
    'write',
    false,
    z.strictObject({ code: z.string().regex(/^\d{6}$/, 'must be 6 digits') }),
    AccountState,
  ),
  /** In place of the authenticator. The server says what is wrong with a code. */
  'account.spendRecoveryCode': call('write', false, z.strictObject({ code: z.string().max(60) }), AccountState),
  /** Opens the system browser and resolves when it has come back, which takes as long as the person does. */
  'account.signInWithBrowser': call('write', false, nothing, AccountState),
  'account.reopenBrowser': call('write', false, nothing, done),
  'account.cancelBrowser': call('write', false, nothing, done),
  /** Opens the page on which the browser sets up a passkey for whoever is signed in. */
  'account.addPasskey': call('write', true, nothing, done),
  'account.cancelTotp': call('write', false, nothing, AccountState),
  'account.signOut': call('write', false, nothing, AccountState),
  'account.sessions': call('read', true, z.strictObject({ all: z.boolean() }), z.array(DeviceSession)),
  'account.endSession': call('write', true, z.strictObject({ sessionId: Id }), done),
  'account.demoPeople': call('read', false, nothing, z.array(DemoPerson)),

  'clients.list': call('read', true, nothing, z.array(ClientView)),
  'clients.current': call('read', true, nothing, z.strictObject({ clientId: Id.nullable() })),
  'clients.switch': call('write', true, clientArg, done),
  /** The rail's order as this person wants it; clients that are not named come after the named ones. */
  'clients.setOrder': call('write', true, z.strictObject({ clientIds: z.array(Id).max(1000) }), done),
  'inbox.list': call(
    'read',
    true,
    z.strictObject({
      clientId: Id,
      filter: InboxFilter,
      after: z.string().max(200).nullable(),
      limit: z.int().min(1).max(200),
    }),
    z.strictObject({ conversations: z.array(ConversationView), next: z.string().max(200).nullable() }),
  ),
  'inbox.counts': call('read', true, clientArg, InboxCounts),
  'inbox.conversation': call('read', true, conversationArg, ConversationView.nullable()),
  'inbox.thread': call(
    'read',
    true,
    z.strictObject({
      clientId: Id,
      conversationId: Id,
      before: z.string().max(200).nullable(),
      from: z.string().max(200).nullable().default(null),
      limit: z.int().min(1).max(200),
    }),
    ThreadPage,
  ),
  'inbox.search': call(
    'read',
    true,
    z.strictObject({ clientId: Id.nullable(), q: z.string().max(200), limit: z.int().min(1).max(100) }),
    z.array(SearchHit),
  ),
  'inbox.tags': call('read', true, clientArg, z.array(z.string().max(32))),

  /** Rows of any collection of the common table; checked against that collection's own schema before they cross. */
  'rows.list': call(
    'read',
    true,
    z.strictObject({
      collection: Name,
      /** Null for rows of the agency. */
      clientId: Id.nullable(),
      status: z.string().max(40).nullable(),
      after: z.string().max(200).nullable(),
      limit: z.int().min(1).max(500),
    }),
    z.strictObject({ rows: z.array(Row), next: z.string().max(200).nullable() }),
  ),
  'rows.get': call('read', true, z.strictObject({ collection: Name, clientId: Id.nullable(), id: Id }), Row.nullable()),
  'rows.search': call(
    'read',
    true,
    z.strictObject({ clientId: Id.nullable(), q: z.string().max(200), limit: z.int().min(1).max(100) }),
    z.array(RowHit),
  ),
  /** Any write that a feature declares: into the outbox first. Its arguments are checked against the declaration. */
  'writes.make': call('write', true, z.strictObject({ write: Name, clientId: Id, args: Row }), OutboxItem),
  /**
   * A route that its feature opens to the window, asked of the server; nothing is kept. `change` names the client on screen (SH-21), or
   * null on a screen of the agency, where only routes of the agency are open.
   */
  'routes.read': call('read', true, z.strictObject({ route: Name, ...Asked }), z.unknown()),
  'routes.change': call(
    'write',
    true,
    z.strictObject({ route: Name, clientId: Id.nullable(), ...Asked, body: z.unknown().optional() }),
    z.unknown(),
  ),

  'drafts.get': call('read', true, conversationArg, Draft.nullable()),
  'drafts.set': call(
    'write',
    true,
    z.strictObject({ clientId: Id, conversationId: Id, text: z.string().max(4096), replyToId: Id.nullable() }),
    done,
  ),

  'outbox.list': call('read', true, z.strictObject({ clientId: Id.nullable() }), z.array(OutboxItem)),
  /** Sends a refused write again; `changes` holds what its declaration lets a person decide anew. */
  'outbox.retry': call('write', true, z.strictObject({ clientId: Id, id: Id, changes: Row }), done),
  'outbox.discard': call('write', true, z.strictObject({ clientId: Id, id: Id }), done),
  /** Brings back a write that was discarded. */
  'outbox.restore': call('write', true, z.strictObject({ clientId: Id, id: Id }), done),

  ...CONNECT_CHANNELS,

  'sync.status': call('read', false, nothing, SyncStatus),
  'sync.now': call('write', true, nothing, done),

  'settings.get': call('read', false, nothing, Settings),
  'settings.set': call('write', false, Settings.exactPartial(), Settings),

  changed: event(z.strictObject({ topics: z.array(Topic).max(500) })),
  accountChanged: event(AccountState),
  syncChanged: event(SyncStatus),
  settingsChanged: event(Settings),
  connectChanged: event(ConnectState),
  /** A destination may be there: the window takes it by `app.takeDestination`. */
  navigate: event(nothing),
} as const satisfies Record<string, Channel>;

export type Channels = typeof CHANNELS;
export type ChannelName = keyof Channels;
export type CallName = { [N in ChannelName]: Channels[N]['kind'] extends 'event' ? never : N }[ChannelName];
export type EventName = { [N in ChannelName]: Channels[N]['kind'] extends 'event' ? N : never }[ChannelName];
/** What the caller passes (before defaults) and what the handler receives (after the schema). */
export type ArgsIn<N extends ChannelName> = z.input<Channels[N]['args']>;
export type ArgsOut<N extends ChannelName> = z.output<Channels[N]['args']>;
export type ResultOf<N extends ChannelName> = z.output<Channels[N]['result']>;

/** Errors cross as values; a stack or a body never does. */
export const IPC_ERRORS = [
  'bad_argument',
  'bad_result',
  'forbidden_sender',
  'unknown_channel',
  'too_large',
  'signed_out',
  'offline',
  'refused',
  'not_found',
  'storage_full',
  'storage_failed',
  'internal',
] as const;
export const IpcError = z.strictObject({
  ...Fault.shape,
  code: z.enum(IPC_ERRORS),
  /** The backend's own code, where it was the backend that refused. */
  serverCode: z.string().max(60).nullable(),
  reference: z.string().max(60).nullable(),
  retryAfterSeconds: z.int().nullable(),
  /** What is wrong with single fields of a form, by their paths. */
  fields: z.array(z.strictObject({ path: z.string().max(200), message: z.string().max(400) })).max(50),
});
export type IpcError = z.infer<typeof IpcError>;
export type IpcReply<N extends ChannelName> = { ok: true; value: ResultOf<N> } | { ok: false; error: IpcError };

/** Largest argument or result that may cross, in bytes of its JSON form, and how deep it may nest (SH-14). */
export const IPC_MAX_BYTES = 1_048_576;
export const IPC_MAX_DEPTH = 12;

type Namespace = CallName extends `${infer A}.${string}` ? A : never;
type Call<N extends CallName> =
  undefined extends ArgsIn<N> ? () => Promise<IpcReply<N>> : (args: ArgsIn<N>) => Promise<IpcReply<N>>;

/** What the preload puts on `window.astrix`: named functions only, frozen; no channel strings, no event objects (SH-13). */
export type Bridge = {
  readonly [A in Namespace]: {
    readonly [N in CallName as N extends `${A}.${infer B}` ? B : never]: Call<N>;
  };
} & {
  /** Each subscribes and answers the function that ends the subscription. */
  readonly on: { readonly [N in EventName]: (listener: (payload: ArgsOut<N>) => void) => () => void };
};
