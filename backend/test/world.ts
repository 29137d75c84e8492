import { randomBytes } from 'node:crypto';
import type { Role } from '@astrix/contract';
import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify';
import { type App, type AppParts, buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { type ManualClock, manualClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/ids.ts';
import { secret } from '../src/kernel/secret.ts';
import { createClient } from '../src/modules/clients/index.ts';
import { addConnection } from '../src/modules/connections/index.ts';
import { channelHears } from '../src/modules/conversations/channels.ts';
import { addMember, createAgency, createPerson, currentCode, grantAccess } from '../src/modules/identity/index.ts';
import { hashPassword, hmacSha256, keyringFrom, sha256, type verifyPassword } from '../src/platform/crypto/index.ts';
import { type Db, type SystemTx, withSystem } from '../src/platform/db/index.ts';
import { createEventBus } from '../src/platform/events/index.ts';
import { createMetrics, type Log, silentLog } from '../src/platform/telemetry/index.ts';
import { createVault, keksFrom, type Vault } from '../src/platform/vault/index.ts';
import type { OutgoingText, SendOutcome } from '../src/providers/messaging.ts';
import { PROVIDERS } from '../src/providers/registry.ts';
import { MIGRATED, openCopy, type Template, type TestDb } from './databases.ts';

export const APP_SECRET = 'test-app-secret';
export const VERIFY_TOKEN = 'test-verify-token';
/** A key that production takes as well: not one that is known to protect nothing. */
export const TEST_KEK = sha256('the key of the tests').toString('base64');
export const PASSWORD = 'a long enough password';
export const TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const CHEAP = { memoryKib: 64, passes: 1 } as const;

export type TestPerson = {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly deviceKey: string;
};
export type TestClient = {
  readonly id: string;
  readonly connectionId: string;
  readonly channelId: string;
  readonly accountId: string;
};
export type TestAgency = {
  readonly id: string;
  readonly clients: readonly [TestClient, TestClient, TestClient];
  readonly people: Readonly<Record<Role, TestPerson>>;
};

/** What the provider was asked to send, and what it is told to answer: the ledger of the test. */
export type FakeWhatsapp = {
  readonly sent: OutgoingText[];
  answer: (message: OutgoingText) => SendOutcome | Promise<SendOutcome>;
  readonly messagingOf: NonNullable<AppParts['messagingOf']>;
};

export type World = {
  readonly app: App;
  readonly db: Db;
  readonly clock: ManualClock;
  readonly agencies: readonly [TestAgency, TestAgency];
  readonly whatsapp: FakeWhatsapp;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly inject: (options: InjectOptions) => Promise<Response>;
  /** Signs in by password and code, and answers the whole reply. The clock moves on by a code, so that each works. */
  readonly signIn: (person: TestPerson) => Promise<{ accessToken: string; refreshToken: string; sessionId: string }>;
  /** A ready access token, made without the ceremony. */
  readonly tokenOf: (person: TestPerson) => Promise<string>;
  /** Posts a signed delivery and applies it. */
  readonly deliver: (payload: object) => Promise<Response>;
  readonly close: () => Promise<void>;
};

/** A migrated database without rows: on PostgreSQL when the run names a server, else the embedded one. */
export const openTestDb = (clock: ManualClock): Promise<TestDb> => openCopy(MIGRATED, clock);

export const START = new Date('2026-11-20T06:30:00.000Z');

export function testConfig(overrides: Record<string, string> = {}) {
  return readConfig({
    ASTRIX_ENV: 'test',
    ASTRIX_KEK: TEST_KEK,
    ASTRIX_METRICS_TOKEN: 'test-operator-token',
    ASTRIX_WHATSAPP_APP_SECRET: APP_SECRET,
    ASTRIX_WHATSAPP_VERIFY_TOKEN: VERIFY_TOKEN,
    ASTRIX_LOG_LEVEL: 'silent',
    ...overrides,
  });
}

/** `over` puts something between the program and its database. */
export type WorldParts = {
  readonly over?: (db: Db) => Db;
  readonly log?: Log;
  readonly verify?: typeof verifyPassword;
  /** Waiting lets the clock of the world pass instead, and no call is patient. */
  readonly quick?: { patienceMs: number };
  /** Modules of the test itself (`kitModule`). */
  readonly extra?: NonNullable<AppParts['extra']>;
};

/** Two agencies with three clients each and a person in every role, on a database that a backend has been started on. */
const SEEDED: Template<readonly [TestAgency, TestAgency]> = {
  name: 'seeded',
  madeOf: ['backend/src', 'backend/test/world.ts', 'contract'],
  from: MIGRATED,
  fill: async opened => {
    const clock = manualClock(START);
    const db = { ...opened, clock };
    const config = testConfig();
    const vault = createVault({ db, keks: keksFrom(config) });
    await vault.open();
    const passwordHash = await hashPassword(PASSWORD, CHEAP);
    const agencies = [
      await seedAgency(db, vault, passwordHash, 1),
      await seedAgency(db, vault, passwordHash, 2),
    ] as const;
    const parts = { config, db, clock, log: silentLog, metrics: createMetrics(), version: '0.0.0', demo: null };
    await (await buildApp(parts)).stop();
    return agencies;
  },
};

/** The whole app over a seeded database of its own. */
export async function createWorld(
  overrides: Record<string, string> = {},
  { over = db => db, log = silentLog, verify, quick, extra }: WorldParts = {},
): Promise<World> {
  const clock = manualClock(START);
  const { db, drop, made: agencies } = await openCopy(SEEDED, clock);
  const config = testConfig(overrides);
  const whatsapp = fakeWhatsapp();
  const metrics = createMetrics();
  const app = await buildApp({
    config,
    db: over(db),
    clock,
    log,
    metrics,
    version: '0.0.0',
    demo: null,
    passwordCost: CHEAP,
    ...(verify ? { verifyPassword: verify } : {}),
    ...(extra ? { extra } : {}),
    messagingOf: whatsapp.messagingOf,
    ...(quick
      ? {
          egress: {
            wait: async (ms: number) => clock.advance(ms / 1000),
            random: () => 0,
            patienceMs: () => quick.patienceMs,
          },
        }
      : {}),
  });
  await app.start();

  const inject = async (options: InjectOptions): Promise<Response> => {
    if (String(options.url).startsWith('/v1/sync')) await untilFed(db);
    return app.http.inject(options);
  };
  const signIn: World['signIn'] = async person => {
    const device = { name: 'Test laptop', platform: 'linux', key: person.deviceKey };
    const first = await inject({
      method: 'POST',
      url: '/v1/auth/sign-in',
      payload: { email: person.email, password: PASSWORD, device },
    });
    const answer = first.json();
    if (answer.step === 'signed-in') return answer;
    clock.advance(30);
    const { code } = await currentCode(TOTP, clock.now());
    const second = await inject({
      method: 'POST',
      url: '/v1/auth/totp',
      payload: { challenge: answer.challenge, code },
    });
    if (second.statusCode !== 200) throw new Error(`sign-in of ${person.email} failed: ${second.body}`);
    return second.json();
  };
  return {
    app,
    db,
    clock,
    agencies,
    whatsapp,
    metrics,
    inject,
    signIn,
    tokenOf: async person => (await signIn(person)).accessToken,
    deliver: async payload => {
      const body = Buffer.from(JSON.stringify(payload));
      const reply = await inject({
        method: 'POST',
        url: '/webhooks/app/whatsapp',
        headers: signed(body),
        payload: body,
      });
      await app.runNow('webhooks.process');
      return reply;
    },
    close: async () => {
      await app.stop();
      await drop();
    },
  };
}

/**
 * A feed shows what is older than every open transaction of the server, those of other databases included. What has been done here is shown
 * when the ones that were open at its end are over.
 */
async function untilFed(db: Db): Promise<void> {
  if (db.engine !== 'postgres') return;
  const { rows } = await db.internals.query('select pg_current_xact_id()::text as xid');
  const fed = async () =>
    (await db.internals.query('select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as fed', [rows[0]?.xid])).rows;
  while ((await fed())[0]?.fed !== true) await new Promise(resolve => setTimeout(resolve, 2));
}

export const signed = (body: Buffer, key = APP_SECRET) => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${hmacSha256(key, body).toString('hex')}`,
});

const ROLE_NAMES: readonly Role[] = ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'];

/** Connections are told of as production tells of them; whoever hears `connection.opened` acts in the same transaction. */
const events = createEventBus();
events.connect([{ name: 'conversations', hears: channelHears }]);

const channelOf = async (tx: SystemTx, connectionId: string) =>
  (
    await tx
      .selectFrom('channels')
      .select('id')
      .where('connection_id', '=', connectionId)
      .where('status', '=', 'active')
      .executeTakeFirstOrThrow()
  ).id;

async function seedAgency(db: Db, vault: Vault, passwordHash: string, n: number): Promise<TestAgency> {
  const keyring = keyringFrom(vault.namedKey('envelope/v1'));
  return withSystem(db, 'demo-seed', async tx => {
    const id = newId();
    await createAgency(tx, { id, name: `Agency ${n}` });
    const clients: TestClient[] = [];
    for (let c = 1; c <= 3; c++) {
      const clientId = await createClient(tx, id, {
        name: `Client ${n}.${c}`,
        initials: `${n}${c}`,
        hue: 'teal',
        replyAs: `Client ${n}.${c}`,
      });
      const accountId = `9000000${n}${c}`;
      const connectionId = newId();
      const opened = await addConnection(tx, vault, {
        id: connectionId,
        agencyId: id,
        clientId,
        provider: 'whatsapp',
        accountId,
        accountName: `91980000${n}${c}`,
        accountDetail: null,
        form: { phoneNumberId: accountId, businessAccountId: `${accountId}00` },
        secrets: { token: secret(`token-${n}${c}`) },
      });
      await events.emit(tx, 'connection.opened', opened);
      clients.push({ id: clientId, connectionId, channelId: await channelOf(tx, connectionId), accountId });
    }
    const people = {} as Record<Role, TestPerson>;
    for (const role of ROLE_NAMES) {
      const email = `${role}@agency${n}.example`;
      const personId = await createPerson(tx, keyring, {
        email,
        name: `${role} of ${n}`,
        passwordHash,
        totp: role === 'client' ? null : secret(TOTP),
      });
      await addMember(tx, id, personId, role);
      // Nobody but owner and admin reaches the third client.
      if (role !== 'owner' && role !== 'admin')
        for (const c of role === 'client' ? [0] : [0, 1]) await grantAccess(tx, id, clients[c]!.id, personId);
      people[role] = { id: personId, email, role, deviceKey: randomBytes(32).toString('base64url') };
    }
    return { id, clients: clients as unknown as TestAgency['clients'], people };
  });
}

function fakeWhatsapp(): FakeWhatsapp {
  const sent: OutgoingText[] = [];
  const fake: FakeWhatsapp = {
    sent,
    answer: message => ({ kind: 'accepted', providerId: `wamid.out.${message.messageId}` }),
    messagingOf(provider) {
      const { messaging = null } = PROVIDERS[provider];
      if (provider !== 'whatsapp' || messaging === null) return messaging;
      return {
        ...messaging,
        sendText: async (_api, message) => {
          sent.push(message);
          return fake.answer(message);
        },
      };
    },
  };
  return fake;
}

/** A delivery in Meta's shape with one message. */
export function messagePayload(
  accountId: string,
  message: { id: string; from?: string; bsuid?: string; text?: string; at: Date; name?: string } & Record<
    string,
    unknown
  >,
): object {
  const { id, from, bsuid, text, at, name, ...rest } = message;
  return valuePayload(accountId, {
    contacts: [
      { profile: { name: name ?? 'Asha' }, ...(from ? { wa_id: from } : {}), ...(bsuid ? { user_id: bsuid } : {}) },
    ],
    messages: [
      {
        ...(from ? { from } : {}),
        ...(bsuid ? { from_user_id: bsuid } : {}),
        id,
        timestamp: seconds(at),
        ...(text === undefined ? {} : { type: 'text', text: { body: text } }),
        ...rest,
      },
    ],
  });
}

export function statusPayload(
  accountId: string,
  status: { id: string; status: string; at: Date; recipient: string; ours?: string; code?: number },
): object {
  return valuePayload(accountId, {
    statuses: [
      {
        id: status.id,
        status: status.status,
        timestamp: seconds(status.at),
        recipient_id: status.recipient,
        ...(status.ours ? { biz_opaque_callback_data: status.ours } : {}),
        ...(status.code
          ? { errors: [{ code: status.code, title: 'x', message: 'x', error_data: { details: 'x' } }] }
          : {}),
      },
    ],
  });
}

const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

export function valuePayload(accountId: string, value: object, field = 'messages'): object {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field,
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '1', phone_number_id: accountId },
              ...value,
            },
          },
        ],
      },
    ],
  };
}
