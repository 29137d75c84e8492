import { ERRORS, ROLES, type Role, roleMay } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSystem } from '../../src/platform/db/index.ts';
import { createHouse, type House } from './house.ts';
import { ask, bodyFor, requestOf, SESSION_ROUTES } from './requests.ts';

let house: House;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
});
afterAll(() => house.close());

/** Which clients of the first agency each role works on. */
const reaches = (role: Role, client: number) =>
  role === 'owner' || role === 'admin' || (role === 'client' ? client === 0 : client < 2);

const bearer = (role: Role) => ({ authorization: `Bearer ${house.tokenOf({ agency: 0, role })}` });
const accessUrl = (client: number, role: Role) => {
  const [agency] = house.world.agencies;
  return `/v1/clients/${agency.clients[client]!.id}/access/${agency.people[role].id}`;
};

/** Somebody's session that may be ended without ending those of the test. */
async function spareSession() {
  return house.world.signIn(house.world.agencies[0].people.client);
}

/** The newest version of what was changed, by route and client. */
const versions = new Map<string, number>();

async function request(name: string, route: (typeof SESSION_ROUTES)[number][1], role: Role, client: number) {
  const ids = { ...house.ids[0]![client]! };
  // Each letter can be replayed once.
  if (name === 'webhooks.replay-dead-letter') ids.deadLetterId = house.ids[0]![ROLES.indexOf(role) % 3]!.deadLetterId;
  // An attempt is confirmed or given up once, by whoever began it; what is ended stays ended.
  if (/^connections\.(claim|confirm|cancel)$/.test(name))
    ids.attemptId = await house.attemptOf({ agency: 0, role }, client);
  if (/^connections\.(disconnect|confirm-removed)$/.test(name)) ids.connectionId = ids.spareConnectionId;
  // What one role revokes, another could not send again.
  if (/^people\.(resend|revoke)-invitation$/.test(name))
    ids.invitationId = house.ids[0]![ROLES.indexOf(role) % 3]!.invitationId!;
  // A team is removed once.
  if (/^people\.(change|remove)-team$/.test(name)) ids.teamId = house.ids[0]![ROLES.indexOf(role) % 3]!.teamId!;
  // What is done to oneself is refused after all that is asked here, and leaves everybody as they are.
  if (ABOUT_ONESELF[name]) ids.personId = house.world.agencies[0].people[role].id;
  if (name === 'identity.end-session') ids.sessionId = (await spareSession()).sessionId;
  // Only somebody who works on the client can be given its customers; owners and admins work on all.
  if (name === 'conversations.assign' && client === 2) ids.personId = house.world.agencies[0].people.admin.id;
  const token =
    name === 'identity.sign-out'
      ? await house.world.tokenOf(house.world.agencies[0].people[role])
      : house.tokenOf({ agency: 0, role });
  const body = bodyFor(name as 'identity.me', route, ids, house.world.clock.now());
  // Each change names the version that it was made from.
  const place = `${name} ${client}`;
  if (body && 'version' in body) body.version = versions.get(place) ?? body.version;
  const answer = await ask(house.world, route, requestOf(route, { path: ids, query: {}, body }, token));
  if (body && 'version' in body && answer.status === 200) versions.set(place, Number(body.version) + 1);
  // The manager works on the first two; the next role finds the access as it was.
  if (name === 'clients.revoke-access' && answer.status === 204 && client < 2)
    await house.world.inject({ method: 'PUT', url: accessUrl(client, 'manager'), headers: bearer('owner') });
  return answer;
}

/** Where the role may, what is answered to somebody who does it to themselves: to the owner, and to an admin. */
const ABOUT_ONESELF: Readonly<Record<string, readonly [owner: number, admin: number]>> = {
  'people.change-role': [403, 403],
  'people.set-clients': [400, 403],
  'people.suspend': [409, 403],
  'people.restore': [404, 404],
  'people.off-board': [409, 403],
  'people.start-recovery': [403, 403],
  'people.cancel-recovery': [404, 404],
  'people.offer-ownership': [400, 403],
};
/** What is refused after all that is asked here, because there is nothing of the kind or the sample proves nothing. */
const REFUSED_LATER: Readonly<Record<string, number>> = {
  'identity.step-up': ERRORS.totp_refused.status,
  'identity.change-password': ERRORS.sign_in_refused.status,
  'identity.confirm-totp': ERRORS.enrolment_expired.status,
  'identity.cancel-own-recovery': 404,
  // The address of the sample has no server.
  'web-sign-in.set-provider': ERRORS.provider_refused.status,
  'people.accept-ownership': ERRORS.proposal_ended.status,
  'people.withdraw-ownership': 404,
};

/** What the permission matrix and client access say, and nothing else. */
function expected(name: string, route: (typeof SESSION_ROUTES)[number][1], role: Role, client: number): number {
  if (!roleMay(role, route.permission!)) return 403;
  if (route.scope === 'client' && !reaches(role, client)) return 404;
  // The spare session is the client's own.
  if (name === 'identity.end-session' && role !== 'client' && !roleMay(role, 'session.any')) return 404;
  // Invitations of others are none of a manager's.
  if (/^people\.(resend|revoke)-invitation$/.test(name) && role === 'manager') return 404;
  const aboutOneself = ABOUT_ONESELF[name];
  if (aboutOneself) return aboutOneself[role === 'owner' ? 0 : 1];
  const later = REFUSED_LATER[name];
  if (later !== undefined) return later;
  // The planted factor is the manager's; staff of a client have none.
  if (name === 'identity.remove-factor' && role !== 'manager') return 404;
  if (name === 'identity.renew-recovery-codes' && role === 'client') return ERRORS.factor_needed.status;
  // The form of a provider that has none: refused after all that is asked here.
  return name === 'connections.connect-key' ? ERRORS.provider_unavailable.status : route.replyStatus;
}

describe('AZ-04: access is by role and by client, for every route', () => {
  const routes = [...SESSION_ROUTES].sort(
    ([a], [b]) => Number(a === 'identity.sign-out') - Number(b === 'identity.sign-out'),
  );
  test.each(ROLES)('%s, on each client', async role => {
    for (const [name, route] of routes) {
      for (const client of route.scope === 'client' ? [0, 1, 2] : [0]) {
        const answer = await request(name, route, role, client);
        expect(answer.status, `${name} on client ${client}: ${answer.text}`).toBe(expected(name, route, role, client));
      }
    }
  });
});

describe('AU-08: a change of access holds on the very next request, with the same token', () => {
  const conversations = () => ({
    url: `/v1/clients/${house.ids[0]![1]!.clientId}/conversations`,
    headers: bearer('agent'),
  });
  const pulled = async () => {
    const { body } = await house.world.inject({ url: '/v1/sync', headers: bearer('agent') });
    const lines = body
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    return { clients: lines[0].clients, text: body };
  };

  test('client access taken away and given back', async () => {
    const { inject } = house.world;
    expect((await inject(conversations())).statusCode).toBe(200);
    expect((await pulled()).text).toContain(house.markOf(0, 1));
    const url = accessUrl(1, 'agent');
    expect((await inject({ method: 'DELETE', url, headers: bearer('owner') })).statusCode).toBe(204);
    expect((await inject(conversations())).statusCode).toBe(404);
    const without = await pulled();
    expect(without.clients).toEqual([house.ids[0]![0]!.clientId]);
    expect(without.text).not.toContain(house.markOf(0, 1));
    expect((await inject({ method: 'PUT', url, headers: bearer('owner') })).statusCode).toBe(204);
    expect((await inject(conversations())).statusCode).toBe(200);
  });

  test('a lower role, and a higher one', async () => {
    const { db, agencies, inject } = house.world;
    const setRole = (role: Role) =>
      withSystem(db, 'demo-seed', tx =>
        tx
          .updateTable('memberships')
          .set({ role })
          .where('agency_id', '=', agencies[0].id)
          .where('person_id', '=', agencies[0].people.agent.id)
          .execute(),
      );
    const ids = house.ids[0]![0]!;
    const close = () =>
      inject({
        method: 'PUT',
        url: `/v1/clients/${ids.clientId}/conversations/${ids.conversationId}/status`,
        headers: { ...bearer('agent'), 'idempotency-key': crypto.randomUUID() },
        payload: { status: 'closed' },
      });
    expect((await close()).statusCode).toBe(200);
    await setRole('analyst');
    expect((await close()).statusCode).toBe(403);
    await setRole('owner');
    const out = { url: `/v1/clients/${house.ids[0]![2]!.clientId}`, headers: bearer('agent') };
    expect((await inject(out)).statusCode).toBe(200);
    await setRole('agent');
    expect((await inject(out)).statusCode).toBe(404);
  });

  test('a stored reply is not read back by somebody who lost access since', async () => {
    const { inject } = house.world;
    const ids = house.ids[0]![1]!;
    const note = {
      method: 'POST' as const,
      url: `/v1/clients/${ids.clientId}/conversations/${ids.conversationId}/notes`,
      headers: { ...bearer('agent'), 'idempotency-key': crypto.randomUUID() },
      payload: { noteId: crypto.randomUUID(), text: 'kept for the repeat' },
    };
    const first = await inject(note);
    expect(first.statusCode).toBeLessThan(300);
    expect((await inject(note)).body).toBe(first.body);
    await inject({ method: 'DELETE', url: accessUrl(1, 'agent'), headers: bearer('owner') });
    const after = await inject(note);
    expect(after.statusCode).toBe(404);
    expect(after.body).not.toContain('kept for the repeat');
  });
});

test('AZ-08: an id that is taken at a client out of reach is refused, and shows nothing of what has it', async () => {
  const { inject } = house.world;
  const [own, hidden] = [house.ids[0]![0]!, house.ids[0]![2]!];
  const base = `/v1/clients/${own.clientId}/conversations/${own.conversationId}`;
  const bodies = {
    messages: {
      messageId: hidden.messageId,
      text: 'taken',
      seenInboundId: own.messageId,
      writtenAt: house.world.clock.now().toISOString(),
    },
    notes: { noteId: hidden.noteId, text: 'taken' },
  };
  for (const [what, payload] of Object.entries(bodies)) {
    const headers = { ...bearer('manager'), 'idempotency-key': crypto.randomUUID() };
    const reply = await inject({ method: 'POST', url: `${base}/${what}`, headers, payload });
    expect([reply.statusCode, reply.json().code], what).toEqual([409, 'idempotency_mismatch']);
    expect(reply.body).not.toContain(house.markOf(0, 2));
  }
});
