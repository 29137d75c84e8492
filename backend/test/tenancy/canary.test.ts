import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSystem } from '../../src/platform/db/index.ts';
import { createLog } from '../../src/platform/telemetry/index.ts';
import { APP_SECRET, messagePayload, PASSWORD, statusPayload, TEST_KEK, VERIFY_TOKEN, valuePayload } from '../world.ts';
import { createHouse, forgedToken, type House, nobodysIds, phoneOf } from './house.ts';
import { ALL_ROUTES, ask, bodyFor, queryFor, requestOf } from './requests.ts';

const lines: string[] = [];
let house: House;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' }, { log: createLog('debug', { write: line => lines.push(line) }) });
});
afterAll(() => house.close());

const PHONE = phoneOf(0, 0);
/** A second number, which only notices and system messages name. */
const NEW_PHONE = '919811122233';
const OPERATOR = 'test-operator-token';

/** Whatever Meta can send about a number, so that it has been everywhere a number can go. */
async function sendNumbersEverywhere() {
  const { world } = house;
  const { accountId } = world.agencies[0].clients[0];
  const at = world.clock.now();
  const message = (id: string, more: object) => messagePayload(accountId, { id, from: PHONE, at, ...more });
  const deliveries = [
    message('wamid.sys', {
      type: 'system',
      system: { type: 'user_changed_number', wa_id: NEW_PHONE, body: `Asha changed from ${PHONE} to ${NEW_PHONE}` },
    }),
    message('wamid.card', {
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Ravi' }, phones: [{ phone: `+${NEW_PHONE}`, wa_id: NEW_PHONE }] }],
    }),
    message('wamid.group', { group_id: 'g1', type: 'text', text: { body: 'hello' } }),
    message('wamid.new-kind', { type: 'hologram', hologram: { phone: NEW_PHONE } }),
    statusPayload(accountId, { id: 'wamid.unknown', status: 'warning', at, recipient: PHONE }),
    statusPayload(accountId, { id: 'wamid.never-sent', status: 'read', at, recipient: PHONE }),
    valuePayload(accountId, { user_preferences: [{ wa_id: PHONE, value: 'maybe' }] }, 'user_preferences'),
    valuePayload(accountId, { phone_number: PHONE, wa_id: PHONE, from: NEW_PHONE }, 'not_a_known_field'),
  ];
  for (const delivery of deliveries) await world.deliver(delivery);
  // What speaks of a message that never came is tried again, and gives up.
  for (const seconds of [1, 4, 16, 64]) {
    world.clock.advance(seconds);
    await world.app.runNow('webhooks.process');
  }
}

async function replies(): Promise<string[]> {
  const { world } = house;
  const found: string[] = [];
  for (const [n, [name, route]] of ALL_ROUTES.entries()) {
    // Unknown tokens are counted by network: a stranger comes from another one for each route, or everybody would only be told to wait.
    const strangersNetwork = `198.51.100.${n}`;
    const session = route.auth === 'session';
    // Ending the session of the test itself would make every later reply the same.
    const strangers = [house.ids[1]![0]!, nobodysIds()];
    for (const ids of name === 'identity.end-session' ? strangers : [house.ids[0]![0]!, ...strangers]) {
      const tokens = session
        ? (['owner', 'agent'] as const).map(role => house.tokenOf({ agency: 0, role }))
        : [OPERATOR];
      for (const token of name === 'identity.sign-out' ? [forgedToken()] : [...tokens, forgedToken()]) {
        const body = bodyFor(name, route, ids, world.clock.now());
        for (const query of [{}, queryFor(name, ids, world.clock.now()), { [PHONE.slice(2, 7)]: 'x' }]) {
          const isStranger = token !== OPERATOR && !tokens.includes(token);
          const request = requestOf(route, { path: ids, query, body }, token);
          const answer = await ask(
            world,
            route,
            isStranger ? { ...request, remoteAddress: strangersNetwork } : request,
          );
          found.push(`${name} ${answer.status} ${JSON.stringify(answer.headers)} ${answer.text}`);
        }
      }
    }
  }
  return found;
}

describe('AL-06, ME-06: what is secret or personal stays inside', () => {
  test('no reply, header, log line, metric or audit row holds a number, a token or a key', async () => {
    await sendNumbersEverywhere();
    const said = await replies();
    const kept = await withSystem(house.world.db, 'telemetry', async tx => {
      const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from audit_log t`.execute(tx);
      return rows.map(({ row }) => row);
    });
    const metrics = await house.world.metrics.registry.metrics();
    expect(said.length).toBeGreaterThan(200);
    expect(lines.length).toBeGreaterThan(200);
    expect(kept.length).toBeGreaterThan(20);

    const secrets = {
      phone: PHONE,
      newPhone: NEW_PHONE,
      national: PHONE.slice(2),
      newNational: NEW_PHONE.slice(2),
      foreignPhone: phoneOf(1, 0),
      appSecret: APP_SECRET,
      verifyToken: VERIFY_TOKEN,
      operator: OPERATOR,
      password: PASSWORD,
      totp: 'JBSWY3DPEHPK3PXP',
      channelToken: 'token-11',
      kek: TEST_KEK,
      session: house.tokenOf({ agency: 0, role: 'owner' }),
      anyAccess: 'astrix-access-',
      anyRefresh: 'astrix-refresh-',
      hash: '$argon2',
      sealed: '"v1.1.',
    };
    // Who sets up an authenticator gets its secret in the open, and sealed until the first code proves it.
    const maySay = (what: string, text: string) => what === 'sealed' && text.startsWith('identity.begin-totp ');
    const places = { replies: said, logs: lines, audit: kept, metrics: [metrics] };
    for (const [place, texts] of Object.entries(places))
      for (const [what, value] of Object.entries(secrets))
        expect(
          texts.find(text => text.includes(value) && !maySay(what, text)),
          `${what} in ${place}`,
        ).toBeUndefined();
  });

  test('the number did go everywhere: the thread, the dead letters and the tables of the system know of it', async () => {
    const { world } = house;
    const { clientId, conversationId } = house.ids[0]![0]!;
    const headers = { authorization: `Bearer ${house.tokenOf({ agency: 0, role: 'owner' })}` };
    const thread = await world.inject({
      url: `/v1/clients/${clientId}/conversations/${conversationId}/messages`,
      headers,
    });
    expect(thread.body).toContain(`changed from ••••• •${PHONE.slice(-4)} to ••••• •${NEW_PHONE.slice(-4)}`);
    expect(thread.body).toContain('Shared a contact: Ravi');
    const letters = (await world.inject({ url: '/v1/webhooks/dead-letters', headers })).json().deadLetters;
    expect(letters.length).toBeGreaterThanOrEqual(6);
    const { rows } = await withSystem(world.db, 'telemetry', tx =>
      sql<{ n: number }>`select count(*) as n from contact_identities where value in (${PHONE}, ${NEW_PHONE})`.execute(
        tx,
      ),
    );
    expect(rows[0]?.n).toBe(2);
    expect(lines.some(line => line.includes('"route":"conversations.list-messages"'))).toBe(true);
  });
});
