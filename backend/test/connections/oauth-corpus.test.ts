import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT_ATTACKS } from './account-attacks.ts';
import { CALLBACK_ATTACKS } from './callback-attacks.ts';
import { type Attack, clear, runAttack } from './connect-attack.ts';
import { type ConnectRig, connectRig } from './rig.ts';
import { RECEIPT_ATTACKS, RIGHT_ATTACKS } from './session-attacks.ts';

let rig: ConnectRig;
beforeAll(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
});
afterEach(() => clear(rig));
afterAll(() => rig.close());

const GROUPS: Readonly<Record<string, readonly Attack[]>> = {
  'VT-07, VT-09: the browser comes back with something else': CALLBACK_ATTACKS,
  'VT-08: somebody else, somewhere else, too late': RECEIPT_ATTACKS,
  'A10, OP-14, VT-13: who may begin, and may still when it is confirmed': RIGHT_ATTACKS,
  'VT-10, AZ-07: other accounts, other connections, other scopes': ACCOUNT_ATTACKS,
};

test('VT-07: two browsers bring the same address, 100 times a little apart: one is taken, and one code is exchanged', async () => {
  const me = await rig.as('manager');
  const random = seeded(7);
  for (let round = 0; round < 100; round += 1) {
    rig.world.clock.advance(5);
    const { authorizeUrl } = await me.start('google-ads');
    const back = await rig.consent(authorizeUrl);
    const before = tokenCalls();
    const turns = Math.floor(random() * 60);
    const late = (async () => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      return rig.follow(back);
    })();
    const answers = await Promise.all([rig.follow(back), late]);
    expect(answers.map(({ status }) => status).sort(), `round ${round}, ${turns} turns`).toEqual([303, 400]);
    expect(answers.filter(({ location }) => location?.searchParams.has('receipt'))).toHaveLength(1);
    expect(tokenCalls() - before).toBe(1);
  }
});

const tokenCalls = () => rig.sandbox.providers.asked.filter(({ path }) => path === '/token').length;

/** mulberry32: the same turns in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('the corpus has at least the 45 attacks that were promised, each with a name of its own', () => {
  const names = Object.values(GROUPS).flatMap(attacks => attacks.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(45);
  expect(new Set(names).size).toBe(names.length);
});

for (const [what, attacks] of Object.entries(GROUPS))
  describe(what, () => {
    test.each(attacks)('$name', attack => runAttack(rig, attack));
  });
