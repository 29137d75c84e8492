import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, connection, createPeer, egressTo, type Peer, rememberedCalls, send, virtualTime } from './peer.ts';

let peer: Peer;
beforeAll(async () => {
  peer = await createPeer();
});
beforeEach(() => {
  peer.asked.length = 0;
  peer.answer = (_, reply) => send(reply, 200, { ok: true });
});
afterAll(() => peer.close());

describe('VT-13: the switch', () => {
  test('stops the connection that was switched off, under load, and no other; an error counts as off', async () => {
    const ledger = rememberedCalls();
    const [off, on] = [connection(), connection()];
    const cut = new Set<string>();
    const guarded = egressTo({
      sandbox: peer.url,
      ledger,
      allowed: async ({ connectionId }) => {
        if (cut.has('broken')) throw new Error('the vault does not answer');
        return !cut.has(connectionId);
      },
    });
    const load = Promise.all(Array.from({ length: 60 }, (_, n) => guarded.call(ask({ connection: n % 2 ? off : on }))));
    cut.add(off.connectionId);
    const outcomes = await load;
    expect(outcomes.filter(({ kind }) => kind === 'ok').length).toBeGreaterThanOrEqual(30);
    const asked = peer.asked.length;
    for (let n = 0; n < 5; n++)
      expect(await guarded.call(ask({ connection: off }))).toEqual({ kind: 'refused', reason: 'switched-off' });
    expect(peer.asked).toHaveLength(asked);
    expect(await guarded.call(ask({ connection: on }))).toMatchObject({ kind: 'ok' });
    cut.add('broken');
    expect(await guarded.call(ask({ connection: on }))).toEqual({ kind: 'refused', reason: 'switched-off' });
    expect(peer.asked).toHaveLength(asked + 1);
    expect(ledger.calls).toHaveLength(peer.asked.length);
    await guarded.close();
  });

  test('stops what waits for its turn and what waits for a further attempt', async () => {
    let allowed = true;
    const time = virtualTime();
    const slow = egressTo({
      sandbox: peer.url,
      clock: time.clock,
      wait: time.wait,
      budget: { default: { burst: 1, perSecond: 0.5 } },
      allowed: () => allowed,
      random: () => 0.1,
    });
    const who = connection();
    peer.answer = (_, reply) => {
      allowed = false;
      send(reply, 500, '');
    };
    const waiting = Array.from({ length: 3 }, () => slow.call(ask({ connection: who, deadlineMs: 78_000 })));
    const outcomes = await time.run(Promise.all(waiting));
    // Long before their turns would have come.
    expect(time.elapsed()).toBeLessThanOrEqual(1100);
    expect(outcomes.map(outcome => outcome.kind)).toEqual(['refused', 'refused', 'refused']);
    expect(peer.asked).toHaveLength(1);
    await slow.close();
  });
});
