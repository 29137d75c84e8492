import type { Attack, Hands } from './connect-attack.ts';
import { evil } from './connect-attack.ts';

const TOKEN = 'A'.repeat(43);

/** The same address with one parameter changed; null takes it out, a list writes it more than once. */
const put =
  (name: string, value: string | readonly string[] | null) =>
  ({ back }: Pick<Hands, 'back'>): URL => {
    const url = new URL(back);
    url.searchParams.delete(name);
    for (const one of value === null ? [] : [value].flat()) url.searchParams.append(name, one);
    return url;
  };
const twice = (name: string) => (hands: Hands) => {
  const value = hands.back.searchParams.get(name) ?? '';
  return put(name, [value, value])(hands);
};
const at =
  (path: string) =>
  ({ back }: Hands): URL =>
    new URL(`${path}${back.search}`, back.origin);
const stateOf = (hands: Hands) => hands.back.searchParams.get('state') ?? '';
const withState = (change: (state: string) => string) => (hands: Hands) => put('state', change(stateOf(hands)))(hands);

/** Somebody else's consent for the same system, as an address that comes back. */
async function consentOf({ rig, me }: Hands): Promise<URL> {
  const { authorizeUrl } = await me.start('google-ads');
  return rig.consent(authorizeUrl);
}

/** VT-07, VT-09: the browser comes back with something else than it was sent away with. */
export const CALLBACK_ATTACKS: readonly Attack[] = [
  { name: 'no state', back: put('state', null), ends: ['callback', 400] },
  { name: 'an empty state', back: put('state', ''), ends: ['callback', 400] },
  { name: 'a state that lacks a letter', back: withState(state => state.slice(1)), ends: ['callback', 400] },
  { name: 'a state with a letter too many', back: withState(state => `${state}A`), ends: ['callback', 400] },
  { name: 'a state of 100,000 letters', back: withState(state => state.repeat(2400)), ends: ['callback', 400] },
  { name: 'a state in the other base64', back: withState(state => `+/${state.slice(2)}`), ends: ['callback', 400] },
  { name: 'a state with a zero byte behind it', back: withState(state => `${state}\0`), ends: ['callback', 400] },
  { name: 'a state with one letter turned', back: withState(turned), ends: ['callback', 400] },
  { name: 'a state that nobody was given', back: put('state', TOKEN), ends: ['callback', 400] },
  { name: 'the state twice', back: twice('state'), ends: ['callback', 400] },
  { name: 'the state as a list', back: hands => put('state[]', stateOf(hands))(put2(hands)), ends: ['callback', 400] },
  {
    name: 'state fixation: the code of another consent under this state',
    back: async hands => put('code', (await consentOf(hands)).searchParams.get('code'))(hands),
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
  {
    name: 'code injection: this code under the state of another attempt',
    back: async hands => put('state', (await consentOf(hands)).searchParams.get('state'))(hands),
    // It ends the other attempt, and says so to the console that began that one.
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
  {
    name: 'replay: the same address once more',
    back: async ({ rig, back }) => {
      await rig.follow(back);
      return back;
    },
    ends: ['callback', 400],
    exchanges: 1,
  },
  {
    name: 'replay with a fresh code',
    back: async hands => {
      await hands.rig.follow(hands.back);
      return put('code', (await consentOf(hands)).searchParams.get('code'))(hands);
    },
    ends: ['callback', 400],
    exchanges: 1,
  },
  {
    name: 'replay after a consent that was declined',
    back: async hands => {
      await hands.rig.follow(put('error', 'access_denied')(hands));
      return hands.back;
    },
    ends: ['callback', 400],
  },
  {
    name: 'mix-up: at the address of another provider',
    back: at('/oauth/callback/google-analytics'),
    ends: ['callback', 400],
  },
  { name: 'at the address of one that is planned', back: at('/oauth/callback/canva'), ends: ['callback', 400] },
  { name: 'at an address of nobody', back: at('/oauth/callback/__proto__'), ends: ['callback', 400] },
  { name: 'at its own address in capitals', back: at('/oauth/callback/Google-Ads'), ends: ['callback', 400] },
  { name: 'mix-up: another issuer', back: put('iss', `https://${evil}`), ends: ['callback', 'wrong-issuer'] },
  {
    name: 'the issuer with a slash',
    back: put('iss', 'https://accounts.google.com/'),
    ends: ['callback', 'wrong-issuer'],
  },
  { name: 'an empty issuer', back: put('iss', ''), ends: ['callback', 'wrong-issuer'] },
  {
    name: 'two issuers, the first of them good',
    back: put('iss', ['https://accounts.google.com', `https://${evil}`]),
    ends: ['callback', 'wrong-issuer'],
  },
  {
    name: 'expired: ten minutes after the start',
    back: ({ rig, started }) => {
      rig.world.clock.set(new Date(started.expiresAt));
      return undefined;
    },
    ends: ['callback', 400],
  },
  { name: 'declined', consent: { decision: 'deny' }, ends: ['callback', 'declined'] },
  { name: 'an error beside a code', back: put('error', 'access_denied'), ends: ['callback', 'declined'] },
  { name: 'two errors beside a code', back: put('error', ['a', 'b']), ends: ['callback', 'provider-refused'] },
  {
    name: 'an error that is markup',
    back: put('error', '<script>alert(1)</script>'),
    ends: ['callback', 'provider-refused'],
  },
  {
    name: 'an error named like a part of every object',
    back: put('error', 'constructor'),
    ends: ['callback', 'provider-refused'],
  },
  ...['server_error', 'temporarily_unavailable'].map(error => ({
    name: `the provider says ${error}`,
    back: put('error', error),
    ends: ['callback', 'provider-unreachable'] as const,
  })),
  ...['invalid_scope', 'unauthorized_client'].map(error => ({
    name: `the provider says ${error}`,
    back: put('error', error),
    ends: ['callback', 'not-set-up'] as const,
  })),
  { name: 'no code', back: put('code', null), ends: ['callback', 'no-code'] },
  { name: 'an empty code', back: put('code', ''), ends: ['callback', 'no-code'] },
  { name: 'the code twice', back: twice('code'), ends: ['callback', 'no-code'] },
  { name: 'a code of 5,000 letters', back: put('code', 'c'.repeat(5000)), ends: ['callback', 'no-code'] },
  {
    name: 'a code of somebody’s own making',
    back: put('code', 'code-x'),
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
  {
    name: 'a code with a line end and a header behind it',
    back: put('code', `x\r\nHost: ${evil}`),
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
  {
    name: 'foreign redirect: the code was given to another address',
    page: page => page.searchParams.set('redirect_uri', `https://${evil}/oauth/callback/google-ads`),
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
  {
    name: 'the challenge was replaced',
    page: page => page.searchParams.set('code_challenge', TOKEN),
    ends: ['callback', 'provider-refused'],
    exchanges: 1,
  },
  ...['redirect_uri', 'token_endpoint', 'host', 'shop', 'domain', 'api_domain', 'location', 'accounts-server'].map(
    (name): Attack => ({
      name: `host injection by ${name}`,
      back: put(name, `https://${evil}`),
      ends: ['nowhere'],
    }),
  ),
];

function turned(state: string): string {
  return `${state[0] === 'A' ? 'B' : 'A'}${state.slice(1)}`;
}
function put2(hands: Hands): Hands {
  return { ...hands, back: put('state', null)(hands) };
}
