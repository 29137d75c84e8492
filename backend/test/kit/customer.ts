import { newId } from '../../src/kernel/ids.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { messagePayload, statusPayload, type TestClient, valuePayload, type World } from '../world.ts';

/** A message as it is stored: the provider's id of it, and ours of everything that it belongs to. */
export type Written = {
  readonly providerId: string;
  readonly messageId: string;
  readonly conversationId: string;
  readonly contactId: string;
};

export type When = { readonly at?: Date };

/** A customer of one client. Everything that they do arrives as a signed delivery and is applied before it resolves. */
export type Customer = {
  readonly phone: string | null;
  readonly userId: string | null;
  /** A text message. */
  readonly writes: (
    text: string,
    about?: When & { readonly replyTo?: string; readonly name?: string },
  ) => Promise<Written>;
  /** A message of any other kind, in the provider's own fields. */
  readonly sends: (fields: Readonly<Record<string, unknown>>, about?: When) => Promise<Written>;
  readonly reacts: (to: Written, emoji: string, about?: When) => Promise<void>;
  readonly edits: (message: Written, text: string, about?: When) => Promise<void>;
  readonly deletes: (message: Written, about?: When) => Promise<void>;
  /** What the provider says of a message of ours on its way to this customer. `code` is the provider's error. */
  readonly status: (
    messageId: string,
    status: 'sent' | 'delivered' | 'read' | 'failed',
    about?: When & { readonly code?: number },
  ) => Promise<void>;
  /** Tells the provider that a new phone leads to them, or a new id. */
  readonly moves: (to: { readonly phone?: string; readonly userId?: string }, about?: When) => Promise<void>;
  /** Sets in the provider's own settings what they want to receive. */
  readonly prefers: (value: 'stop' | 'resume', about?: When & { readonly marketing?: true }) => Promise<void>;
};

export type CustomerOptions = {
  /** Digits with the country code; null for a customer who hides it. A new one without it. */
  readonly phone?: string | null;
  /** The provider's own id of them. */
  readonly userId?: string | null;
  readonly name?: string;
};

let customers = 0;
const nextPhone = () => `9198100${String(++customers).padStart(5, '0')}`;

export function createCustomer(world: World, client: TestClient, options: CustomerOptions = {}): Customer {
  const { phone = nextPhone(), userId = null, name = 'Asha' } = options;
  const timeOf = ({ at }: When) => at ?? world.clock.now();

  const sender = { ...(phone === null ? {} : { from: phone }), ...(userId === null ? {} : { bsuid: userId }) };
  const newWamid = () => `wamid.kit.${newId()}`;

  async function deliver(payload: object): Promise<void> {
    const reply = await world.deliver(payload);
    if (reply.statusCode !== 200) throw new Error(`a delivery was refused with ${reply.statusCode}: ${reply.body}`);
  }

  async function message(fields: Readonly<Record<string, unknown>>, at: Date, called = name): Promise<string> {
    const id = newWamid();
    await deliver(messagePayload(client.accountId, { id, ...sender, name: called, at, ...fields }));
    return id;
  }

  return {
    phone,
    userId,
    writes: async (text, about = {}) =>
      storedAs(
        world,
        await message(
          { text, ...(about.replyTo ? { context: { id: about.replyTo } } : {}) },
          timeOf(about),
          about.name,
        ),
      ),
    sends: async (fields, about = {}) => storedAs(world, await message(fields, timeOf(about))),
    async reacts(to, emoji, about = {}) {
      await message({ type: 'reaction', reaction: { message_id: to.providerId, emoji } }, timeOf(about));
    },
    async edits({ providerId }, text, about = {}) {
      const edit = { original_message_id: providerId, message: { type: 'text', text: { body: text } } };
      await message({ type: 'edit', edit }, timeOf(about));
    },
    async deletes({ providerId }, about = {}) {
      await message({ type: 'revoke', revoke: { original_message_id: providerId } }, timeOf(about));
    },
    status: (messageId, status, about = {}) =>
      deliver(
        statusPayload(client.accountId, {
          id: `wamid.out.${messageId}`,
          status,
          at: timeOf(about),
          recipient: phone ?? userId ?? '',
          ours: messageId,
          ...(about.code === undefined ? {} : { code: about.code }),
        }),
      ),
    async moves(to, about = {}) {
      const type = to.phone ? 'user_changed_number' : 'user_changed_user_id';
      const ids = { ...(to.phone ? { wa_id: to.phone } : {}), ...(to.userId ? { user_id: to.userId } : {}) };
      await message({ type: 'system', system: { type, body: 'changed', ...ids } }, timeOf(about));
    },
    prefers: (value, about = {}) =>
      deliver(
        valuePayload(
          client.accountId,
          {
            user_preferences: [
              {
                ...(phone === null ? {} : { wa_id: phone }),
                ...(userId === null ? {} : { user_id: userId }),
                value,
                timestamp: String(Math.floor(timeOf(about).getTime() / 1000)),
                ...(about.marketing ? { category: 'marketing_messages' } : {}),
              },
            ],
          },
          'user_preferences',
        ),
      ),
  };
}

async function storedAs(world: World, providerId: string): Promise<Written> {
  const row = await withSystem(world.db, 'telemetry', tx =>
    tx
      .selectFrom('messages as m')
      .innerJoin('conversations as c', join =>
        join.onRef('c.id', '=', 'm.conversation_id').onRef('c.agency_id', '=', 'm.agency_id'),
      )
      .select(['m.id', 'm.conversation_id', 'c.contact_id'])
      .where('m.provider_id', '=', providerId)
      .executeTakeFirst(),
  );
  if (!row) throw new Error(`the message ${providerId} was delivered and is not stored`);
  return { providerId, messageId: row.id, conversationId: row.conversation_id, contactId: row.contact_id };
}
