import type { ConnectionView } from '@astrix/contract';
import { expect } from 'vitest';
import { type Attack, confirmOf } from './connect-attack.ts';
import type { Colleague, ConnectRig } from './rig.ts';

const first = async (rig: ConnectRig, me: Colleague) => {
  const started = await me.start('google-ads');
  const { location } = await rig.follow(await rig.consent(started.authorizeUrl));
  const receipt = location?.searchParams.get('receipt') ?? '';
  const { accounts } = (await me.post(`connect/${started.attemptId}/claim`, { receipt })).json();
  const reply = await me.post(`connect/${started.attemptId}/confirm`, { receipt, accountId: accounts[0].id });
  return reply.json() as ConnectionView;
};
const mine = async (me: Colleague) => (await me.list())[0]!.id;
const scopes = (...names: string[]) => names.map(name => `https://www.googleapis.com/auth/${name}`);

/** Which connection an attempt may touch, and what a grant of other scopes is good for (VT-10). */
export const ACCOUNT_ATTACKS: readonly Attack[] = [
  {
    name: 'reconnect with another account',
    before: first,
    body: async (_, me) => ({ connectionId: await mine(me) }),
    confirm: async h => confirmOf({ ...h, accountId: await otherAccount(h.me, h.started.attemptId, h.receipt) }),
    ends: ['confirm', 409],
    // Given back it would take along the connection that stands on the same sign-in.
    alive: 1,
  },
  {
    name: 'reconnect of a connection of another client',
    before: async rig => first(rig, await rig.as('admin', { client: 1 })),
    body: async rig => ({ connectionId: await mine(await rig.as('admin', { client: 1 })) }),
    ends: ['start', 404],
  },
  {
    name: 'reconnect of a connection of another agency',
    before: async rig => first(rig, await rig.as('admin', { agency: 1 })),
    body: async rig => ({ connectionId: await mine(await rig.as('admin', { agency: 1 })) }),
    ends: ['start', 404],
  },
  {
    name: 'reconnect of a connection of another provider',
    before: first,
    body: async (_, me) => ({ connectionId: await mine(me), provider: 'jira' }),
    ends: ['start', 404],
  },
  {
    name: 'reconnect that makes a client’s connection the agency’s',
    by: 'admin',
    before: first,
    body: async (_, me) => ({ connectionId: await mine(me), shared: true }),
    ends: ['start', 404],
  },
  {
    name: 'reconnect of one that was disconnected meanwhile',
    before: first,
    body: async (_, me) => ({ connectionId: await mine(me) }),
    between: async h => void (await h.me.disconnect((await h.me.list())[0]!)),
    ends: ['confirm', 409],
    stands: -1,
  },
  { name: 'the same account twice', before: first, ends: ['confirm', 409], alive: 1 },
  {
    name: 'scope upgrade: the address asks for more, and more is granted',
    provider: 'jira',
    page: page =>
      page.searchParams.set('scope', `${page.searchParams.get('scope')} manage:jira-webhook manage:jira-project`),
    ends: ['nowhere'],
    async after({ me, rig }) {
      const [connection] = await me.list();
      expect(connection?.scopes.extra).toEqual(['manage:jira-webhook', 'manage:jira-project']);
      const before = rig.sandbox.providers.asked.length;
      await me.read(connection!, 'tasks', { refresh: true });
      for (const { method, path } of rig.sandbox.providers.asked.slice(before))
        expect(`${method} ${path}`).toMatch(/^POST .*search\/jql$/);
    },
  },
  {
    name: 'scope downgrade: what a reading takes was not granted',
    provider: 'jira',
    consent: { scopes: ['read:jira-user'] },
    ends: ['nowhere'],
    async after({ me, rig }) {
      const [connection] = await me.list();
      expect(connection?.scopes.missing).toEqual(['read:jira-work', 'write:jira-work', 'offline_access']);
      expect(connection?.health.map(({ status }) => status)).toEqual(['gated']);
      expect(connection?.fix).toBe('reconnect');
      const before = rig.sandbox.providers.asked.length;
      expect((await me.get(`connections/${connection?.id}/data/tasks?refresh=1`)).statusCode).toBe(409);
      expect(rig.sandbox.providers.asked.length).toBe(before);
    },
  },
  {
    name: 'scopes of another system of the same family instead of the asked ones',
    page: page => page.searchParams.set('scope', scopes('drive', 'gmail.modify').join(' ')),
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
];

async function otherAccount(me: Colleague, attemptId: string, receipt: string): Promise<string> {
  const { accounts } = (await me.post(`connect/${attemptId}/claim`, { receipt })).json();
  return accounts[1].id;
}
