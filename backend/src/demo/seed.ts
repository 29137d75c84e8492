import { expiresAt } from '@astrix/contract';
import type { Config } from '../config.ts';
import type { Clock } from '../kernel/clock.ts';
import { secret } from '../kernel/secret.ts';
import { createClient } from '../modules/clients/index.ts';
import { addConnection } from '../modules/connections/index.ts';
import { maskPhone } from '../modules/contacts/index.ts';
import { openChannel, previewOf, type StoredReaction } from '../modules/conversations/index.ts';
import { addMember, createAgency, createPerson, grantAccess } from '../modules/identity/index.ts';
import { hashPassword, keyringFrom, type PasswordCost } from '../platform/crypto/index.ts';
import { type Db, type SystemTx, withSystem } from '../platform/db/index.ts';
import { createVault, keksFrom, type Vault } from '../platform/vault/index.ts';
import {
  CUSTOMERS,
  DEMO_AGENCY,
  DEMO_CLIENTS,
  DEMO_PASSWORD,
  DEMO_PEOPLE,
  type DemoClient,
  OTHER_AGENCY,
} from './cast.ts';
import { type Draw, draws } from './draw.ts';
import { OPENERS, SCENES, type Scene } from './threads.ts';

const CONVERSATIONS_PER_CLIENT = 26;
const HOUR = 3_600_000;

/** Passwords of a demo that is thrown away need not cost what real ones do. */
const DEMO_COST: PasswordCost = { memoryKib: 8192, passes: 1 };

/** Fills an empty database with the demo agency; a database with an agency is left as it is. Times are relative to the clock. */
export async function seedDemo(db: Db, config: Pick<Config, 'kek' | 'kekNext'>, clock: Clock): Promise<boolean> {
  const empty = await withSystem(
    db,
    'demo-seed',
    async tx => (await tx.selectFrom('agencies').select('agency_id').limit(1).execute()).length === 0,
  );
  if (!empty) return false;
  const vault = createVault({ db, keks: keksFrom(config) });
  await vault.open();
  const keyring = keyringFrom(vault.kept('envelope/v1'));
  const passwordHash = await hashPassword(DEMO_PASSWORD, DEMO_COST);
  const channels: string[] = [];
  await withSystem(db, 'demo-seed', async tx => {
    await createAgency(tx, DEMO_AGENCY);
    await createAgency(tx, OTHER_AGENCY);
    for (const client of DEMO_CLIENTS) channels.push(await seedClient(tx, vault, client));
    for (const person of DEMO_PEOPLE) {
      await createPerson(tx, keyring, { ...person, passwordHash, totp: person.totp ? secret(person.totp) : null });
      await addMember(tx, DEMO_AGENCY.id, person.id, person.role);
      if (person.clients === 'all') continue;
      for (const n of person.clients) await grantAccess(tx, DEMO_AGENCY.id, DEMO_CLIENTS[n]!.id, person.id);
    }
  });
  for (const [n, client] of DEMO_CLIENTS.entries()) {
    await withSystem(db, 'demo-seed', tx =>
      seedConversations(tx, { ...client, channelId: channels[n]! }, n, clock.now()),
    );
  }
  return true;
}

/** A client with its number, as if an admin had connected it. Answers the channel's id. */
async function seedClient(tx: SystemTx, vault: Vault, client: DemoClient): Promise<string> {
  await createClient(tx, DEMO_AGENCY.id, client);
  const opened = await addConnection(tx, vault, {
    id: client.connectionId,
    agencyId: DEMO_AGENCY.id,
    clientId: client.id,
    provider: 'whatsapp',
    accountId: client.accountId,
    accountName: client.name,
    accountDetail: `+${client.phone.slice(0, 2)} ${client.phone.slice(2, 7)} ${client.phone.slice(7)}`,
    // The business account that the provider sandbox speaks for.
    form: { phoneNumberId: client.accountId, businessAccountId: '100000000000001' },
    // Looks like one of Meta's tokens, which is what the provider sandbox accepts.
    secrets: { token: secret(`EAAGdemo${client.accountId}`) },
  });
  const channelId = await openChannel(tx, opened);
  if (channelId === null) throw new Error('A number of the demo has no channel.');
  return channelId;
}

type Rows = { contacts: object[]; identities: object[]; conversations: object[]; messages: object[]; notes: object[] };

type Seeded = DemoClient & { readonly channelId: string };

async function seedConversations(tx: SystemTx, client: Seeded, n: number, now: Date): Promise<void> {
  const draw = draws(4700 + n);
  const rows: Rows = { contacts: [], identities: [], conversations: [], messages: [], notes: [] };
  for (let i = 0; i < CONVERSATIONS_PER_CLIENT; i++) addConversation(rows, client, i, draw, now);
  await tx
    .insertInto('contacts')
    .values(rows.contacts as never)
    .execute();
  await tx
    .insertInto('contact_identities')
    .values(rows.identities as never)
    .execute();
  await tx
    .insertInto('conversations')
    .values(rows.conversations as never)
    .execute();
  for (let from = 0; from < rows.messages.length; from += 100)
    await tx
      .insertInto('messages')
      .values(rows.messages.slice(from, from + 100) as never)
      .execute();
  if (rows.notes.length > 0)
    await tx
      .insertInto('notes')
      .values(rows.notes as never)
      .execute();
}

/** How long ago the newest message is: some minutes for the first ones, spread over three weeks for the rest. */
const ageOf = (i: number, draw: Draw) =>
  i < 4
    ? draw.between(2, 50) * 60_000
    : i < 9
      ? draw.between(1, 12) * HOUR
      : i < 12
        ? (20.2 + draw.fraction() * 3.6) * HOUR
        : draw.between(25, 480) * HOUR;

function addConversation(rows: Rows, client: Seeded, i: number, draw: Draw, now: Date): void {
  const scene = draw.of(SCENES);
  const newest = now.getTime() - ageOf(i, draw);
  const hidden = i === 7;
  const name = hidden ? null : CUSTOMERS[(i * 5 + Number(client.accountId.slice(-2)) * 3) % CUSTOMERS.length]!;
  const phone = `919${draw.digits(9)}`;
  const base = { agency_id: DEMO_AGENCY.id, client_id: client.id };
  const contactId = draw.id(newest);
  const conversationId = draw.id(newest);
  const waiting = i < 6 || i === 10;
  const messages = messagesOf(scene, client, conversationId, newest, waiting, draw);
  const last = messages.at(-1)!;
  const inbound = messages.filter(message => message.direction === 'in');
  const lastInbound = inbound.at(-1)!;
  const optedOut = i === 14;
  const failed = i === 8 || i === 16;
  if (failed) failLast(messages);
  const expires = expiresAt('conversation', last.sent_at);

  const bsuid = hidden ? `IN.${draw.digits(16)}` : null;
  rows.contacts.push({
    ...base,
    id: contactId,
    name: name ?? null,
    phone_masked: hidden ? null : maskPhone(phone),
    has_phone: !hidden,
    handle: bsuid,
    opted_out_at: optedOut ? last.sent_at : null,
    opt_out_source: optedOut ? 'customer' : null,
    marketing_opt_out_at: null,
    first_seen_at: messages[0]!.sent_at,
    last_seen_at: lastInbound.sent_at,
    expires_at: expires,
  });
  rows.identities.push({
    ...base,
    kind: bsuid ? 'whatsapp' : 'phone',
    value: bsuid ?? phone,
    contact_id: contactId,
    since: lastInbound.sent_at,
    expires_at: expires,
  });
  const status = i === 5 || i === 13 ? 'snoozed' : i > 19 ? 'closed' : 'open';
  const people = DEMO_PEOPLE.filter(person => person.role === 'agent' || person.role === 'manager').filter(
    person => person.clients === 'all' || person.clients.some(at => DEMO_CLIENTS[at]?.id === client.id),
  );
  rows.conversations.push({
    ...base,
    id: conversationId,
    contact_id: contactId,
    channel_id: client.channelId,
    provider: 'whatsapp',
    contact_name: name ?? 'WhatsApp customer',
    status,
    assignee_id: i % 3 === 1 ? null : (people[i % people.length]?.id ?? null),
    snoozed_until: status === 'snoozed' ? new Date(now.getTime() + draw.between(3, 60) * HOUR) : null,
    tags: [...scene.tags, ...(i % 7 === 3 ? ['vip'] : [])],
    unread: waiting ? Math.min(inbound.length, draw.between(1, 3)) : 0,
    failed: failed ? 1 : 0,
    preview: previewOf(last.kind, last.text, null),
    preview_direction: last.direction,
    last_message_at: last.sent_at,
    last_inbound_id: lastInbound.id,
    last_inbound_at: lastInbound.sent_at,
    window_expires_at: new Date(lastInbound.sent_at.getTime() + 24 * HOUR),
    opted_out: optedOut,
    version: 1,
    expires_at: expires,
  });
  for (const { author, ...message } of messages)
    rows.messages.push({
      ...base,
      ...message,
      conversation_id: conversationId,
      channel_id: client.channelId,
      author_id: message.direction === 'out' ? (people[author % people.length]?.id ?? null) : null,
    });
  for (const note of notesOf(scene, messages, draw))
    rows.notes.push({
      ...base,
      ...note,
      conversation_id: conversationId,
      author_id: people[i % people.length]!.id,
      expires_at: expires,
    });
}

type DemoMessage = ReturnType<typeof messageOf>;

function messagesOf(
  scene: Scene,
  client: DemoClient,
  conversationId: string,
  newest: number,
  waiting: boolean,
  draw: Draw,
): DemoMessage[] {
  const item = draw.of(client.sells);
  const order = `${client.initials.length === 2 ? client.initials : 'AN'}-${draw.digits(5)}`;
  const filled = (text: string) => text.replaceAll('{item}', item).replaceAll('{order}', order);
  const turns = scene.turns.filter(turn => turn[0] !== 'n');
  const kept = waiting ? [...turns.slice(0, -1), ['c', draw.of(OPENERS)] as const] : turns;
  let at = newest;
  const messages: DemoMessage[] = [];
  for (const [who, text] of kept.toReversed()) {
    messages.unshift(messageOf(who === 'c' ? 'in' : 'out', filled(text), new Date(at), conversationId, draw));
    at -= draw.between(1, 40) * 60_000 * (draw.fraction() < 0.12 ? 24 : 1);
  }
  decorate(messages, draw);
  return messages;
}

const MEDIA = /^\[(image|audio|document)\] ?(.*)$/;

function messageOf(direction: 'in' | 'out', text: string, sentAt: Date, _conversationId: string, draw: Draw) {
  const media = MEDIA.exec(text);
  const kind = (media?.[1] ?? 'text') as 'text' | 'image' | 'audio' | 'document';
  const fileName = kind === 'document' ? (media?.[2] ?? null) : null;
  const mime = { image: 'image/jpeg', audio: 'audio/ogg', document: 'application/pdf', text: '' }[kind];
  return {
    id: draw.id(sentAt.getTime()),
    direction,
    kind,
    text: kind === 'text' ? text : kind === 'image' ? (media?.[2] ?? '') : '',
    media:
      kind === 'text'
        ? null
        : JSON.stringify({ mime, fileName, bytes: draw.between(20, 900) * 1024, voice: kind === 'audio' }),
    reply_to_id: null as string | null,
    author: draw.between(0, 2),
    status:
      direction === 'in' ? ('received' as const) : draw.fraction() < 0.75 ? ('read' as const) : ('delivered' as const),
    failure: null as string | null,
    reactions: '[]',
    edited_at: null as Date | null,
    deleted_at: null as Date | null,
    sent_at: sentAt,
    delivered_at: direction === 'out' ? new Date(sentAt.getTime() + 2000) : null,
    read_at: null as Date | null,
    provider_id: `wamid.DEMO${draw.digits(18)}`,
    claimed_until: null,
    expires_at: expiresAt('conversation', sentAt),
  };
}

/** A reaction here, an edit or a quotation there: what real threads have. */
function decorate(messages: DemoMessage[], draw: Draw): void {
  for (const [index, message] of messages.entries()) {
    if (message.status === 'read') message.read_at = new Date(message.sent_at.getTime() + 60_000);
    const reaction: StoredReaction = {
      by: 'customer',
      emoji: draw.of(['👍', '🙏', '❤️']),
      at: message.sent_at.toISOString(),
      id: '',
    };
    if (message.direction === 'out' && draw.fraction() < 0.14) message.reactions = JSON.stringify([reaction]);
    if (message.direction === 'in' && message.kind === 'text' && draw.fraction() < 0.06)
      message.edited_at = new Date(message.sent_at.getTime() + 45_000);
    if (message.direction === 'out' && index > 1 && draw.fraction() < 0.15)
      message.reply_to_id = messages[index - 1]!.id;
  }
}

function failLast(messages: DemoMessage[]): void {
  const last = messages.findLast(message => message.direction === 'out');
  if (!last) return;
  last.status = 'failed' as never;
  last.delivered_at = null;
  last.read_at = null;
  last.failure = JSON.stringify({
    code: '131026',
    reason: 'This customer cannot receive the message.',
    next: 'They may not use WhatsApp on this number, or have blocked the business. Reach them another way.',
  });
}

function notesOf(scene: Scene, messages: readonly DemoMessage[], draw: Draw) {
  return scene.turns
    .filter(turn => turn[0] === 'n')
    .map(([, text]) => {
      const after = messages[Math.max(0, messages.length - 2)]!.sent_at;
      const created_at = new Date(after.getTime() + 30_000);
      return { id: draw.id(created_at.getTime()), text, created_at };
    });
}
