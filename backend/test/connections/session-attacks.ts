import type { Role } from '@astrix/contract';
import { withSystem } from '../../src/platform/db/index.ts';
import { type Attack, claimOf, confirmOf, evil, type Hands } from './connect-attack.ts';
import type { Colleague, ConnectRig } from './rig.ts';

const seconds = ({ rig, started }: Hands, after: number) =>
  rig.world.clock.set(new Date(new Date(started.expiresAt).getTime() + after * 1000));
const elsewhere = (me: Colleague, clientId: string) => ({ clientId, post: me.post });
const other = (rig: ConnectRig, role: Role = 'admin') => rig.as(role);
const secondClient = ({ rig, me }: Hands) => elsewhere(me, rig.world.agencies[0].clients[1].id);
const admin = async (rig: ConnectRig, path: string, body: object) => {
  const reply = await (await rig.as('admin')).put(path, body);
  if (reply.statusCode >= 300) throw new Error(reply.body);
};
const off = (rig: ConnectRig, scope: 'provider' | 'client', subject: string) =>
  admin(rig, '/v1/switches', { scope, subject, off: true, reason: 'a drill', revoke: false });
const deny = (rig: ConnectRig, role: Role) =>
  admin(rig, `/v1/provider-access/${rig.world.agencies[0].people[role].id}`, { denied: ['google-ads'] });
const roleOf = (rig: ConnectRig, of: Role, role: Role) =>
  withSystem(rig.world.db, 'demo-seed', tx =>
    tx
      .updateTable('memberships')
      .set({ role })
      .where('agency_id', '=', rig.world.agencies[0].id)
      .where('person_id', '=', rig.world.agencies[0].people[of].id)
      .execute(),
  );
const reach = async (rig: ConnectRig, role: Role) => {
  const [agency] = rig.world.agencies;
  await (await rig.as('owner')).put(`access/${agency.people[role].id}`);
};
const another = async ({ rig, me }: Hands) => {
  const { authorizeUrl } = await me.start('google-ads');
  const { location } = await rig.follow(await rig.consent(authorizeUrl));
  return location?.searchParams.get('receipt') ?? '';
};
const wrong = 'B'.repeat(43);

/** VT-08: somebody else than who began, somewhere else, or too late. */
export const RECEIPT_ATTACKS: readonly Attack[] = [
  { name: 'another person claims', claim: async h => claimOf(h, await other(h.rig)), ends: ['claim', 404] },
  {
    name: 'the same person in another session claims',
    claim: async h => claimOf(h, await other(h.rig, 'manager')),
    ends: ['claim', 404],
  },
  { name: 'it is claimed for another client', claim: h => claimOf(h, secondClient(h)), ends: ['claim', 404] },
  {
    name: 'somebody of another agency claims',
    claim: async h => claimOf(h, await h.rig.as('owner', { agency: 1 })),
    ends: ['claim', 404],
  },
  {
    name: 'nobody who is signed in claims',
    claim: h =>
      h.rig.world.inject({
        method: 'POST',
        url: `/v1/clients/${h.me.clientId}/connect/${h.started.attemptId}/claim`,
        payload: { receipt: h.receipt },
      }),
    ends: ['claim', 401],
  },
  { name: 'the wrong receipt', claim: h => claimOf({ ...h, receipt: wrong }), ends: ['claim', 400] },
  { name: 'an empty receipt', claim: h => claimOf({ ...h, receipt: '' }), ends: ['claim', 400] },
  { name: 'no receipt', claim: h => h.me.post(`connect/${h.started.attemptId}/claim`, {}), ends: ['claim', 400] },
  {
    name: 'the state in place of the receipt',
    claim: h => claimOf({ ...h, receipt: h.back.searchParams.get('state') ?? '' }),
    ends: ['claim', 400],
  },
  {
    name: 'the receipt of another attempt',
    claim: async h => claimOf({ ...h, receipt: await another(h) }),
    ends: ['claim', 400],
    exchanges: 2,
  },
  {
    name: 'the receipt after it was given up',
    claim: async h => {
      await h.me.post(`connect/${h.started.attemptId}/cancel`);
      return claimOf(h);
    },
    ends: ['claim', 400],
  },
  {
    name: 'a claim ten minutes after the start',
    claim: async h => {
      seconds(h, 0);
      return claimOf(h);
    },
    ends: ['claim', 400],
  },
  { name: 'a confirmation ten minutes after the start', between: async h => seconds(h, 0), ends: ['confirm', 400] },
  { name: 'another person confirms', confirm: async h => confirmOf(h, await other(h.rig)), ends: ['confirm', 404] },
  {
    name: 'the same person in another session confirms',
    confirm: async h => confirmOf(h, await other(h.rig, 'manager')),
    ends: ['confirm', 404],
  },
  { name: 'it is confirmed for another client', confirm: h => confirmOf(h, secondClient(h)), ends: ['confirm', 404] },
  {
    name: 'somebody of another agency confirms',
    confirm: async h => confirmOf(h, await h.rig.as('owner', { agency: 1 })),
    ends: ['confirm', 404],
  },
  {
    name: 'confirmed with the wrong receipt',
    confirm: h => confirmOf({ ...h, receipt: wrong }),
    ends: ['confirm', 400],
  },
  { name: 'confirmed twice', between: async h => void (await confirmOf(h)), ends: ['confirm', 400], stands: 1 },
  {
    name: 'an account that was not offered',
    confirm: h => confirmOf({ ...h, accountId: '7399999999' }),
    ends: ['confirm', 400],
  },
  {
    name: 'an account that is a word of the language',
    confirm: h => confirmOf({ ...h, accountId: '__proto__' }),
    ends: ['confirm', 400],
  },
  {
    name: 'given up by another person',
    between: async h => {
      const answer = await (await other(h.rig)).post(
        `/v1/clients/${h.me.clientId}/connect/${h.started.attemptId}/cancel`,
      );
      if (answer.statusCode !== 404) throw new Error(answer.body);
    },
    ends: ['nowhere'],
  },
  {
    // The receipt comes to the machine of the victim, whose console takes it for that of an attempt of its own.
    name: 'consent link given to a victim: what comes to its machine is of no use there, under neither attempt',
    claim: async h => {
      const victim = await other(h.rig);
      const own = await victim.start('google-ads');
      const swapped = await victim.post(`connect/${own.attemptId}/claim`, { receipt: h.receipt });
      if (swapped.statusCode !== 400) throw new Error(swapped.body);
      return claimOf(h, victim);
    },
    ends: ['claim', 404],
  },
];

/** Who may begin, and who may still when it is confirmed: role, client, provider and switch are asked again each time. */
export const RIGHT_ATTACKS: readonly Attack[] = [
  { name: 'an agent begins', by: 'agent', ends: ['start', 403] },
  { name: 'an analyst begins', by: 'analyst', ends: ['start', 403] },
  { name: 'a client’s own staff begins', by: 'client', ends: ['start', 403] },
  { name: 'a manager shares with the whole agency', body: () => ({ shared: true }), ends: ['start', 403] },
  { name: 'a system that is planned (OP-14)', body: () => ({ provider: 'canva' }), ends: ['start', 409] },
  { name: 'one that is connected by a form', body: () => ({ provider: 'delhivery' }), ends: ['start', 409] },
  {
    name: 'one that is connected by a form, shared',
    by: 'admin',
    body: () => ({ provider: 'delhivery', shared: true }),
    ends: ['start', 409],
  },
  { name: 'one that nobody knows', body: () => ({ provider: 'constructor' }), ends: ['start', 400] },
  { name: 'a provider that is denied to the person (A10)', before: rig => deny(rig, 'manager'), ends: ['start', 403] },
  {
    name: 'denied between the start and the confirmation (A10)',
    between: h => deny(h.rig, 'manager'),
    ends: ['confirm', 403],
  },
  { name: 'the provider is switched off', before: rig => off(rig, 'provider', 'google-ads'), ends: ['start', 409] },
  { name: 'the client is switched off', before: (rig, me) => off(rig, 'client', me.clientId), ends: ['start', 409] },
  {
    name: 'the provider is switched off before the browser comes back',
    back: async h => void (await off(h.rig, 'provider', 'google-ads')),
    ends: ['callback', 'provider-refused'],
  },
  {
    name: 'the provider is switched off before the confirmation',
    between: h => off(h.rig, 'provider', 'google-ads'),
    ends: ['confirm', 409],
  },
  {
    name: 'the client is switched off before the confirmation',
    between: h => off(h.rig, 'client', h.me.clientId),
    ends: ['confirm', 409],
  },
  {
    name: 'a role that fell between the start and the confirmation',
    between: h => roleOf(h.rig, 'manager', 'agent'),
    ends: ['confirm', 403],
    after: async h => void (await roleOf(h.rig, 'manager', 'manager')),
  },
  {
    name: 'shared by an admin who is a manager when it is confirmed',
    by: 'admin',
    before: rig => reach(rig, 'admin'),
    body: () => ({ shared: true }),
    between: h => roleOf(h.rig, 'admin', 'manager'),
    ends: ['confirm', 403],
    after: async h => void (await roleOf(h.rig, 'admin', 'admin')),
  },
  ...[0, -1, 80, 1023, 65_536, 1e9, 1.5, '45454', '45454/x', `@${evil}`, null, [45_454], {}].map(
    (port): Attack => ({
      name: `a loopback port that is ${JSON.stringify(port)}`,
      body: () => ({ loopbackPort: port }),
      ends: ['start', 400],
    }),
  ),
  ...['redirectUri', 'authorizeUrl', 'host', 'scopes', 'state'].map(
    (name): Attack => ({
      name: `${name} in the body`,
      body: () => ({ [name]: `https://${evil}` }),
      ends: ['start', 400],
    }),
  ),
  ...['host', 'x-forwarded-host', 'forwarded', 'origin', 'referer'].map(
    (name): Attack => ({
      name: `another host by the header ${name}`,
      headers: { [name]: name === 'forwarded' ? `host=${evil}` : evil },
      page: page => {
        if (page.href.includes(evil)) throw new Error(`the address is made of the header: ${page.href}`);
      },
      ends: ['nowhere'],
    }),
  ),
];
