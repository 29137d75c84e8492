import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repeated } from '../../../testkit/repeated.ts';
import { until } from '../../../testkit/until.ts';
import { readGrant } from '../../src/modules/connections/grants.ts';
import { vaultRefOf } from '../../src/modules/connections/repo.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import type { Egress, Outcome } from '../../src/platform/egress/index.ts';
import { createWorkers, type Worker, type Workers } from './workers.ts';

const WORKERS = 8;
const CONNECTIONS = repeated(100, 500);
const SOON = { notVersion: null } as const;
const HOUR = 3600;
/** Seconds that are left of a token that has just ended: nothing can go on with it. */
const OVER = -1;

let all: Workers;
beforeEach(async () => {
  all = await createWorkers();
});
afterEach(() => all.close());

const hold = (worker: Worker, id: string, wanted: Parameters<Worker['refresh']['hold']>[2] = SOON) =>
  worker.refresh.hold(all.agencyId, id, wanted);
const tokenCalls = () => all.sandbox.asked.filter(({ path }) => path === '/oauth/token' || path === '/token').length;
const lost = () => all.sandbox.book.families().filter(({ revoked }) => revoked).length;
const versionOf = async (id: string) => {
  const row = await all.row(id);
  return (await withSystem(all.db, 'telemetry', tx => readGrant(all.vault, tx, vaultRefOf(row))))?.version ?? null;
};

/** Everybody wants every credential at once, each in an order of its own. */
async function storm(workers: readonly Worker[], ids: readonly string[]): Promise<number> {
  let failed = 0;
  await Promise.all(
    workers.map(async (worker, n) => {
      const left = ids.map((_, i) => ids[(i * (2 * n + 1) + n * 61) % ids.length]!);
      const loop = async () => {
        for (let id = left.pop(); id !== undefined; id = left.pop())
          if ((await hold(worker, id)).kind !== 'ok') failed += 1;
      };
      await Promise.all([loop(), loop(), loop(), loop()]);
    }),
  );
  return failed;
}

test(`VT-12, F-09: ${WORKERS} workers, ${CONNECTIONS} connections, a provider that revokes on reuse: no grant is lost`, async () => {
  const ids = await all.connections('jira', CONNECTIONS);
  const quick = { wait: () => new Promise<void>(resolve => setTimeout(resolve, 10)) };
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => all.worker(quick)));
  for (const round of [1, 2]) {
    expect(await storm(workers, ids), 'credentials that could not be had').toBe(0);
    const families = all.sandbox.book.families();
    expect(lost()).toBe(0);
    expect(families.map(({ renewed }) => renewed)).toEqual(ids.map(() => round));
    // Nearly an hour later the tokens end again.
    all.clock.advance(HOUR - 30);
  }
  expect(tokenCalls()).toBe(2 * CONNECTIONS);
});

/** A worker whose next calls answer what the test says, when it says. */
function held() {
  const waiting: ((outcome: Outcome<never>) => void)[] = [];
  const egress = (real: Egress): Egress => ({
    ...real,
    call: () => new Promise(resolve => waiting.push(resolve as (typeof waiting)[number])),
  });
  return { egress, answer: (outcome: Outcome<never>) => waiting.shift()?.(outcome), waits: () => waiting.length };
}
const INVALID: Outcome<never> = { kind: 'reauth', status: 400, code: 'invalid_grant', reason: 'used' };
/** Waiting is what makes time pass here, so that a lease runs out without anybody sleeping. */
const passing = async (ms: number) => all.clock.advance(ms / 1000);

describe('F-09: what can happen to one renewal', () => {
  test('the provider is down for twelve hours: nothing is lost, it is not hammered, and it comes back by itself', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const worker = await all.worker();
    all.sandbox.trouble('/oauth/token', 'down');
    for (let minute = 0; minute < 12 * 60; minute += 5) {
      expect((await hold(worker, id)).kind).not.toBe('ok');
      all.clock.advance(300);
    }
    expect(tokenCalls()).toBeLessThan(16);
    expect(await all.row(id)).toMatchObject({ status: 'active' });
    all.sandbox.mend();
    all.clock.advance(6 * HOUR);
    await worker.housekeep();
    expect(await all.row(id)).toMatchObject({ status: 'active', refresh_failures: 0, refresh_after: null });
    expect([await versionOf(id), lost()]).toEqual([2, 0]);
  });

  test('a person who asks does not wait for the pause', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const worker = await all.worker();
    all.sandbox.trouble('/oauth/token', 'down', 1);
    expect((await hold(worker, id)).kind).not.toBe('ok');
    expect((await hold(worker, id)).kind).not.toBe('ok');
    expect((await hold(worker, id, { notVersion: null, now: true })).kind).toBe('ok');
  });

  test('invalid_grant, answered when another worker has won: the winner stays', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const slow = held();
    const late = await all.worker({ egress: slow.egress });
    const first = hold(late, id);
    await until(() => slow.waits() === 1);
    const winner = await all.worker({ wait: passing });
    expect(await hold(winner, id)).toMatchObject({ kind: 'ok', version: 2 });
    slow.answer(INVALID);
    expect(await first).toMatchObject({ kind: 'ok', version: 2 });
    expect(await all.row(id)).toMatchObject({ status: 'active', fault: null });
    expect(await versionOf(id)).toBe(2);
  });

  test('invalid_grant, answered when a person has consented anew: the new consent stays', async () => {
    const [id = '', other = ''] = await all.connections('jira', 2, 3000);
    const slow = held();
    const late = await all.worker({ egress: slow.egress });
    const first = hold(late, id, { notVersion: 1 });
    await until(() => slow.waits() === 1);
    await withSystem(all.db, 'demo-seed', async tx => {
      await tx.deleteFrom('connections').where('id', '=', other).execute();
      await tx
        .updateTable('connections')
        .set(row => ({ vault_id: other, refresh_generation: row('refresh_generation', '+', 1), refresh_until: null }))
        .where('id', '=', id)
        .execute();
    });
    slow.answer(INVALID);
    expect(await first).toMatchObject({ kind: 'ok', version: 1 });
    expect(await all.row(id)).toMatchObject({ status: 'active', fault: null, vault_id: other });
  });

  test('when a worker ends while it holds the lease, another goes on once the lease has expired', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const dead = held();
    void hold(await all.worker({ egress: dead.egress }), id);
    await until(() => dead.waits() === 1);
    const from = all.clock.now().getTime();
    expect(await hold(await all.worker({ wait: passing }), id)).toMatchObject({ kind: 'ok', version: 2 });
    const waited = (all.clock.now().getTime() - from) / 1000;
    expect(waited).toBeGreaterThanOrEqual(45);
    expect(waited).toBeLessThan(47);
    expect(tokenCalls()).toBe(1);
  });

  test('a worker ends after the provider took its request: the next one is refused, and people are asked to reconnect', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const dying = await all.worker({
      egress: real => ({
        ...real,
        call: request => real.call(request).then(() => new Promise<never>(() => undefined)),
      }),
    });
    void hold(dying, id);
    await until(() => tokenCalls() === 1);
    expect((await hold(await all.worker({ wait: passing }), id)).kind).toBe('reauth');
    expect(await all.row(id)).toMatchObject({ status: 'broken', fault: { code: 'invalid_grant' } });
    // Never deleted: it is still there for a provider that takes it again.
    expect(await versionOf(id)).toBe(1);
  });

  test('a reply that is lost: a rotating provider ends it and it is marked for reconnect, any other gives it once more', async () => {
    for (const [provider, path, then] of [
      ['jira', '/oauth/token', 'broken'],
      ['google-ads', '/token', 'active'],
    ] as const) {
      const [id = ''] = await all.connections(provider, 1, OVER);
      const worker = await all.worker();
      all.sandbox.trouble(path, 'cut', 1);
      expect((await hold(worker, id)).kind).not.toBe('ok');
      expect(await all.row(id)).toMatchObject({ status: 'active' });
      all.clock.advance(61);
      await worker.housekeep();
      expect((await all.row(id)).status, provider).toBe(then);
    }
  });

  test('a connection that was refused by mistake heals itself when the provider takes it again', async () => {
    const [id = ''] = await all.connections('google-ads', 1, OVER);
    const mistaken = held();
    const refused = hold(await all.worker({ egress: mistaken.egress }), id);
    await until(() => mistaken.waits() === 1);
    mistaken.answer(INVALID);
    expect((await refused).kind).toBe('reauth');
    expect((await all.row(id)).status).toBe('broken');
    all.clock.advance(61);
    await (await all.worker()).housekeep();
    expect(await all.row(id)).toMatchObject({ status: 'active', fault: null });
  });

  test('a switch is no failure: when it is on again the next try is within a minute', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const worker = await all.worker({
      egress: real => ({
        ...real,
        call: async request => (off ? { kind: 'refused', reason: 'switched-off' } : real.call(request)),
      }),
    });
    let off = true;
    for (let hour = 0; hour < 12; hour += 1) {
      expect((await hold(worker, id)).kind).not.toBe('ok');
      all.clock.advance(HOUR);
    }
    off = false;
    expect((await hold(worker, id)).kind).toBe('ok');
    expect(await all.row(id)).toMatchObject({ status: 'active' });
  });

  test('what cannot be renewed is marked once, and does not keep the housekeeper from the others', async () => {
    const dead = await all.connections('meta-ads', 230, OVER);
    const [id = ''] = await all.connections('jira', 1, OVER);
    const worker = await all.worker();
    for (let run = 0; run < 3; run += 1) await worker.housekeep();
    expect(await versionOf(id)).toBe(2);
    expect(await all.row(dead[0]!)).toMatchObject({ status: 'broken', fault: { code: 'no-grant' } });
  });

  test('VT-10: a renewal that brings fewer scopes is seen', async () => {
    const [id = ''] = await all.connections('jira', 1, OVER);
    const real = all.sandbox.book.families().length;
    expect(real).toBe(1);
    const worker = await all.worker({
      egress: egress => ({
        ...egress,
        call: async request => {
          const outcome = await egress.call(request);
          if (outcome.kind !== 'ok') return outcome;
          return { ...outcome, data: { ...outcome.data, scope: 'read:jira-user offline_access' } };
        },
      }),
    });
    expect((await hold(worker, id)).kind).toBe('ok');
    expect((await all.row(id)).granted).toEqual(['read:jira-user', 'offline_access']);
  });
});
