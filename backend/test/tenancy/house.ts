import { randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '@astrix/contract';
import type { LightMyRequestResponse as Response } from 'fastify';
import { newId } from '../../src/kernel/ids.ts';
import type { Keyring } from '../../src/platform/crypto/index.ts';
import { type Db, type SystemTx, withSystem } from '../../src/platform/db/index.ts';
import { createCallLedger } from '../../src/platform/egress/index.ts';
import { silentLog } from '../../src/platform/telemetry/index.ts';
import { SAMPLES, type SampleIds } from '../kit/samples.ts';
import { createWorld, messagePayload, type TestAgency, valuePayload, type World, type WorldParts } from '../world.ts';
import { type Connected, connectHouse } from './house-connections.ts';

/** Everything of one client that a request can name. */
export type Ids = {
  readonly clientId: string;
  readonly conversationId: string;
  readonly contactId: string;
  readonly messageId: string;
  readonly noteId: string;
  readonly personId: string;
  readonly sessionId: string;
  readonly deadLetterId: string;
  readonly connectionId: string;
  /** One that no other request of the suites needs. */
  readonly spareConnectionId: string;
  readonly attemptId: string;
  /** What a module plants by its samples. */
  readonly [planted: string]: string;
};

export type Principal = { readonly agency: 0 | 1; readonly role: Role };

/** A world in which every tenant table holds rows of both agencies, and of each of their clients. */
export type House = {
  readonly world: World;
  /** `ids[agency][client]`; sessions and dead letters are the agency's. */
  readonly ids: readonly (readonly Ids[])[];
  readonly tokenOf: (principal: Principal) => string;
  /** A grant that waits for a person to confirm it, begun in the session of `principal`. */
  readonly attemptOf: (principal: Principal, client: number) => Promise<string>;
  /** Text that stands in rows of one agency and nowhere else, by agency and client. */
  readonly markOf: (agency: number, client: number) => string;
  readonly close: () => Promise<void>;
};

export const markOf = (agency: number, client: number): string => `mark-of-${agency}-${client}-kept-inside`;
export const phoneOf = (agency: number, client: number): string => `9198${agency}${client}5550${agency}${client}7`;

export async function createHouse(overrides: Record<string, string> = {}, parts: WorldParts = {}): Promise<House> {
  const connected = await connectHouse();
  const world = await createWorld({ ASTRIX_SANDBOX_URL: connected.url, ...overrides }, parts);
  await connected.open(world.db);
  const tokens = new Map<string, string>();
  const ids: Ids[][] = [];
  for (const [a, agency] of world.agencies.entries()) {
    for (const person of Object.values(agency.people)) tokens.set(`${a}/${person.role}`, await world.tokenOf(person));
    ids.push(await fillAgency(world, agency, a, tokens, connected));
  }
  // All of them have just proved themselves, whatever the clock did while the house was filled (AU-12).
  await withSystem(world.db, 'demo-seed', tx =>
    tx.updateTable('sessions').set({ authenticated_at: world.clock.now() }).execute(),
  );
  const tokenOf = ({ agency, role }: Principal) => tokens.get(`${agency}/${role}`) ?? throwUnknown(role);
  return {
    world,
    ids,
    markOf,
    tokenOf,
    async attemptOf({ agency, role }, client) {
      const me = await world.inject({
        url: '/v1/me',
        headers: { authorization: `Bearer ${tokenOf({ agency, role })}` },
      });
      const of = { agencyId: world.agencies[agency].id, personId: world.agencies[agency].people[role].id };
      const { clientId, connectionId } = ids[agency]![client]!;
      return connected.attempt(of, { clientId, connectionId, sessionId: me.json().sessionId });
    },
    async close() {
      await world.close();
      await connected.close();
    },
  };
}

const throwUnknown = (what: string): never => {
  throw new Error(`the house knows no ${what}`);
};

async function fillAgency(
  world: World,
  agency: TestAgency,
  a: number,
  tokens: Map<string, string>,
  connected: Connected,
): Promise<Ids[]> {
  for (const [c, client] of agency.clients.entries()) {
    const at = world.clock.now();
    const id = `wamid.${a}.${c}`;
    await world.deliver(
      messagePayload(client.accountId, { id, from: phoneOf(a, c), text: markOf(a, c), name: `N ${markOf(a, c)}`, at }),
    );
    await world.deliver(valuePayload(client.accountId, { mark: markOf(a, c) }, 'not_a_known_field'));
    await world.deliver(valuePayload(client.accountId, { event: 'FLAGGED' }, 'phone_number_quality_update'));
  }
  await fillCalls(world, agency);
  // Written by the owner and by the agent, so that rows of persons exist for more than one of them.
  const found = await idsOf(world.db, agency, tokens.get(`${a}/owner`)!, world, connected, a);
  for (const role of ['owner', 'agent'] as const) {
    for (const [c, ids] of found.entries()) {
      if (role === 'agent' && c === 2) continue;
      const authorization = `Bearer ${tokens.get(`${a}/${role}`)}`;
      const base = `/v1/clients/${ids.clientId}`;
      const write = (method: 'POST' | 'PUT', url: string, payload: object) =>
        world.inject({
          method,
          url: `${base}${url}`,
          payload,
          headers: { authorization, 'idempotency-key': randomUUID() },
        });
      await done(
        write('PUT', '/notification-preference', { muted: role === 'owner', quietFrom: null, quietTo: null }),
        204,
      );
      const note = { noteId: role === 'owner' ? ids.noteId : newId(), text: `${markOf(a, c)} of ${role}` };
      await done(write('POST', `/conversations/${ids.conversationId}/notes`, note), 200);
    }
  }
  return found;
}

async function fillCalls(world: World, agency: TestAgency): Promise<void> {
  const ledger = createCallLedger({ db: world.db, log: silentLog, metrics: world.metrics });
  for (const { id: clientId, connectionId } of agency.clients)
    ledger.record({
      connection: { agencyId: agency.id, clientId, connectionId, actorId: agency.people.agent.id },
      provider: 'whatsapp',
      capability: 'messaging',
      method: 'POST',
      path: '/v23.0/{number}/messages',
      attempt: 1,
      status: 200,
      outcome: 'ok',
      reason: null,
      durationMs: 1,
      bytesOut: 1,
      bytesIn: 1,
      at: world.clock.now(),
    });
  await ledger.stop();
}

async function done(reply: Promise<Response>, status: number): Promise<void> {
  const { statusCode, body } = await reply;
  if (statusCode !== status && !(status === 200 && statusCode === 201))
    throw new Error(`the house could not be filled: ${statusCode} ${body}`);
}

async function idsOf(
  db: Db,
  agency: TestAgency,
  ownerToken: string,
  world: World,
  connected: Connected,
  a: number,
): Promise<Ids[]> {
  const me = await world.inject({ url: '/v1/me', headers: { authorization: `Bearer ${ownerToken}` } });
  const { sessionId } = me.json();
  const connections = await connected.fill(agency, sessionId);
  return withSystem(db, 'telemetry', async tx => {
    const found: Ids[] = [];
    for (const [c, client] of agency.clients.entries()) {
      const message = await tx
        .selectFrom('messages as m')
        .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
        .select(['m.id', 'm.conversation_id', 'c.contact_id'])
        .where('m.client_id', '=', client.id)
        .executeTakeFirstOrThrow();
      const dead = await tx
        .selectFrom('webhook_events')
        .select('id')
        .where('client_id', '=', client.id)
        .where('state', '=', 'dead')
        .executeTakeFirstOrThrow();
      found.push({
        clientId: client.id,
        conversationId: message.conversation_id,
        contactId: message.contact_id,
        messageId: message.id,
        noteId: newId(),
        personId: agency.people.manager.id,
        sessionId,
        deadLetterId: dead.id,
        ...connections[c]!,
        ...(await plantSamples(tx, agency, connected.keyring(), a, c)),
      });
    }
    return found;
  });
}

async function plantSamples(
  tx: SystemTx,
  agency: TestAgency,
  keyring: Keyring,
  a: number,
  c: number,
): Promise<SampleIds> {
  const plot = {
    agencyId: agency.id,
    clientId: agency.clients[c]!.id,
    personId: agency.people.manager.id,
    mark: markOf(a, c),
    keyring,
  };
  const planted: Record<string, string> = {};
  for (const { plant } of SAMPLES) if (plant) Object.assign(planted, await plant(tx, plot));
  return planted;
}

/** Ids of the right shape that are nobody's. */
export const nobodysIds = (): Ids => ({
  clientId: newId(),
  conversationId: newId(),
  contactId: newId(),
  messageId: newId(),
  noteId: newId(),
  personId: newId(),
  sessionId: newId(),
  deadLetterId: newId(),
  connectionId: newId(),
  spareConnectionId: newId(),
  attemptId: newId(),
  ...Object.fromEntries(SAMPLES.flatMap(({ planted }) => planted ?? []).map(name => [name, newId()])),
});

export const forgedToken = (): string => `astrix-access-${randomBytes(32).toString('base64url')}`;
