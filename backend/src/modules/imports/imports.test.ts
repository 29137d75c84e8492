import type { ConnectionView, FactOf } from '@astrix/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ISSUES_OF_SITES, type SandboxIssue } from '../../../sandbox/providers/jira.ts';
import { addressed, jiraEvent, signJira } from '../../../test/attacks/hook-rig.ts';
import { type Colleague, type ConnectRig, connectRig } from '../../../test/connections/rig.ts';
import { kitModule } from '../../../test/kit/module.ts';
import type { ImportedPage } from '../../composition/index.ts';
import { type SystemTx, withSystem } from '../../platform/db/index.ts';
import { imports } from './index.ts';
import { createImports } from './run.ts';

const SEARCH = '/rest/api/3/search/jql';
const EVERY_SECONDS = 900;
const ISSUES = 130;

/** What the module of this test does with a page, beside keeping it. */
let also: (page: ImportedPage<'tasks'>) => Promise<void> = async () => undefined;
const kit = kitModule(() => ({
  imports: {
    async tasks(tx, page) {
      for (const row of page.rows) await keepTask(tx, page, row);
      await also(page);
    },
  },
}));

/** A table of the test's own, with one row for each task of a connection. */
const keepTask = (tx: SystemTx, { connectionId, clientId }: ImportedPage<'tasks'>, row: FactOf<'tasks'>) =>
  sql`insert into kit_tasks (connection_id, client_id, id, title, times) values (${connectionId}, ${clientId}, ${row.id}, ${row.title}, 1)
    on conflict (connection_id, id) do update set title = excluded.title, times = kit_tasks.times + 1`.execute(tx);

let rig: ConnectRig;
let admin: Colleague;
let jira: ConnectionView;
beforeAll(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' }, extra: kit.extra });
  await rig.world.db.internals.script(`
    create table kit_tasks (connection_id uuid, client_id uuid, id text, title text, times int, primary key (connection_id, id));
    grant select, insert, update, delete on kit_tasks to astrix_system;`);
});
beforeEach(async () => {
  also = async () => undefined;
  rig.sandbox.providers.mend();
  rig.sandbox.providers.things.clear();
  rig.world.clock.advance(3600);
  admin = await rig.as('admin');
  for (const old of await admin.list()) if (old.status === 'active') await admin.disconnect(old);
  jira = await admin.connect('jira', 'chai-katha');
});
afterAll(() => rig.close());

const run = () => rig.world.app.runNow('imports.run');
const system = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(rig.world.db, 'telemetry', work);
const kept = (connection: ConnectionView = jira) =>
  system(async tx => {
    const { rows } = await sql<{ id: string; title: string; times: number; client_id: string }>`
      select id, title, times, client_id from kit_tasks where connection_id = ${connection.id} order by id`.execute(tx);
    return rows;
  });
const cursorOf = (connection: ConnectionView = jira) =>
  system(tx =>
    tx.selectFrom('import_cursors').selectAll().where('connection_id', '=', connection.id).executeTakeFirst(),
  );
const healthOf = async () => {
  const { health } = await (await rig.as('admin')).one(jira.id);
  return health.find(({ capability, kind }) => capability === 'tasks' && kind === 'read')!;
};
/** How often the provider was asked for issues while `work` ran. */
async function asksOf(work: () => Promise<unknown>): Promise<number> {
  const count = () => rig.sandbox.providers.asked.filter(({ path }) => path.includes(SEARCH)).length;
  const before = count();
  await work();
  return count() - before;
}
/** An issue of the site, changed or added now. */
function putIssue(id: string, over: { readonly summary?: string; readonly project?: unknown } = {}): void {
  const updated = rig.world.clock.now().toISOString().replace('Z', '+0000');
  const fields = {
    summary: `Issue ${id}`,
    status: { name: 'To Do', statusCategory: { key: 'new' } },
    assignee: null,
    priority: { name: 'High' },
    project: { key: 'CK', name: 'Chai Katha' },
    updated,
    duedate: null,
    labels: [],
    ...over,
  };
  const issue = { id, key: `CK-${id}`, self: '', fields };
  rig.sandbox.providers.things.put(ISSUES_OF_SITES, id, issue as unknown as SandboxIssue);
}
const later = (seconds = EVERY_SECONDS) => rig.world.clock.advance(seconds);

describe('an import', () => {
  test('brings everything of a new connection, to the module that asks for it and for the client that it belongs to', async () => {
    expect(await asksOf(run)).toBe(2);
    const importedAt = rig.world.clock.now();
    const rows = await kept();
    expect(rows).toHaveLength(ISSUES);
    expect(new Set(rows.map(row => row.client_id))).toEqual(new Set([rig.world.agencies[0].clients[0].id]));
    expect(await cursorOf()).toMatchObject({
      read_until: importedAt,
      run_until: null,
      cursor: null,
      claim: null,
    });
    expect(await healthOf()).toMatchObject({
      status: 'ok',
      lastOkAt: importedAt.toISOString(),
      fault: null,
    });
  });

  test('asks again when its time has come, and only for what has changed', async () => {
    await run();
    later(EVERY_SECONDS - 1);
    expect(await asksOf(run)).toBe(0);
    putIssue('10005', { summary: 'Changed since' });
    putIssue('77001');
    later(1);
    expect(await asksOf(run)).toBe(1);
    const rows = await kept();
    expect(rows).toHaveLength(ISSUES + 1);
    expect(rows.find(({ id }) => id === '10005')).toMatchObject({ title: 'Changed since', times: 2 });
    expect(rows.filter(({ times }) => times > 2)).toEqual([]);
  });

  test('never has a row twice, however often it comes', async () => {
    await run();
    for (let n = 0; n < 3; n++) {
      putIssue('10005');
      later();
      await run();
    }
    expect(await kept()).toHaveLength(ISSUES);
  });

  test('is done for a connection that was there before a module asked for it', async () => {
    await system(tx => tx.deleteFrom('import_cursors').execute());
    expect(await asksOf(run)).toBe(0);
    await imports.create(kit.services()).prepare?.();
    expect(await asksOf(run)).toBe(2);
  });
});

describe('a process that ends during a run', () => {
  test('between two pages goes on with the second', async () => {
    also = async ({ rows }) => {
      if (rows.length < 100) throw new Error('killed before the commit of the second page');
    };
    expect(await asksOf(run)).toBe(2);
    expect(await kept()).toHaveLength(100);
    expect(await cursorOf()).toMatchObject({ read_until: null, cursor: expect.any(String), pages: 1, failures: 1 });
    also = async () => undefined;
    later(120);
    expect(await asksOf(run)).toBe(1);
    const rows = await kept();
    expect(rows).toHaveLength(ISSUES);
    expect(rows.every(({ times }) => times === 1)).toBe(true);
  });

  test('with a cursor in its hands: another takes it when the claim is over, and the dead one writes nothing any more', async () => {
    await run();
    later();
    putIssue('77001');
    await system(tx =>
      tx
        .updateTable('import_cursors')
        .set({
          claim: '00000000-0000-7000-8000-00000000dead',
          claimed_until: new Date(rig.world.clock.now().getTime() + 300_000),
        })
        .where('connection_id', '=', jira.id)
        .execute(),
    );
    expect(await asksOf(run)).toBe(0);
    later(300);
    expect(await asksOf(run)).toBe(1);
    expect(await kept()).toHaveLength(ISSUES + 1);
  });

  test('and whose claim was taken over while it read keeps nothing of the page', async () => {
    const { ports } = kit.services();
    // The claim goes to somebody else between the provider's answer and the transaction that would keep it.
    const reading = { ...kit.services(), ports: { ...ports, openConnection: steal(ports.openConnection) } };
    await createImports(reading).run(new AbortController().signal);
    expect(await kept()).toEqual([]);
    expect(await cursorOf()).toMatchObject({ claim: '00000000-0000-7000-8000-00000000beef', read_until: null });
  });
});

type Open = ReturnType<typeof kit.services>['ports']['openConnection'];
const steal =
  (open: Open): Open =>
  async request => {
    await system(tx =>
      tx
        .updateTable('import_cursors')
        .set({ claim: '00000000-0000-7000-8000-00000000beef' })
        .where('connection_id', '=', request.connectionId)
        .execute(),
    );
    return open(request);
  };

describe('a row that cannot be used', () => {
  test('is left aside, counted and shown, and does not keep the others away', async () => {
    putIssue('77001', { project: null });
    putIssue('77002');
    await run();
    const rows = await kept();
    expect(rows).toHaveLength(ISSUES + 1);
    expect(rows.map(({ id }) => id)).toContain('77002');
    expect(await healthOf()).toMatchObject({
      status: 'ok',
      fault: { code: 'rows-left-aside', reason: expect.stringMatching(/^One row/) },
    });
    const odd = await system(tx =>
      tx.selectFrom('import_odd_rows').selectAll().where('connection_id', '=', jira.id).execute(),
    );
    expect(odd).toMatchObject([{ key: '77001', reason: 'unreadable', times: 1 }]);
  });

  test('is counted once, and no more when it is read well', async () => {
    putIssue('77001', { project: null });
    await run();
    later();
    putIssue('77001', { project: 'CK' });
    await run();
    expect(await healthOf()).toMatchObject({ status: 'ok', fault: { reason: expect.stringMatching(/^One row/) } });
    later();
    putIssue('77001');
    await run();
    expect(await healthOf()).toMatchObject({ status: 'ok', fault: null });
    expect(await kept()).toHaveLength(ISSUES + 1);
  });
});

describe('an import stops', () => {
  test('VT-13: while the connection is switched off, and goes on where it was', async () => {
    const flip = async (off: boolean) =>
      (await rig.as('admin')).put('/v1/switches', {
        scope: 'connection',
        subject: jira.id,
        off,
        reason: 'a drill',
        revoke: false,
      });
    expect((await flip(true)).statusCode).toBeLessThan(300);
    const before = rig.sandbox.providers.asked.length;
    await run();
    expect(rig.sandbox.providers.asked).toHaveLength(before);
    expect(await kept()).toEqual([]);
    expect(await healthOf()).toMatchObject({ fault: null });
    expect((await flip(false)).statusCode).toBeLessThan(300);
    later(60);
    await run();
    expect(await kept()).toHaveLength(ISSUES);
  });

  test('with the end of the connection: nothing is asked, and nothing of it is remembered', async () => {
    putIssue('77001', { project: null });
    await run();
    await (await rig.as('admin')).disconnect(jira);
    later();
    expect(await asksOf(run)).toBe(0);
    expect(await cursorOf()).toBeUndefined();
    expect(
      await system(tx => tx.selectFrom('import_odd_rows').selectAll().where('connection_id', '=', jira.id).execute()),
    ).toEqual([]);
  });

  test('WH-14: when the person who consented wants their data deleted, until somebody connects it anew', async () => {
    await run();
    const [agency] = rig.world.agencies;
    const ref = {
      agencyId: agency.id,
      clientId: agency.clients[0].id,
      connectionId: jira.id,
      provider: 'jira',
      deleted: () => undefined,
    } as const;
    await withSystem(rig.world.db, 'telemetry', tx => kit.services().emit(tx, 'connection.data-deleted', ref));
    expect(await cursorOf()).toBeUndefined();
    later();
    expect(await asksOf(run)).toBe(0);
  });

  test('at the end of a connection that comes while the provider answers: nothing of the page is kept', async () => {
    also = async () => {
      throw new Error('nothing may be kept');
    };
    const { ports } = kit.services();
    const openConnection: Open = async request => {
      const opened = await ports.openConnection(request);
      await (await rig.as('admin')).disconnect(jira);
      return opened;
    };
    await createImports({ ...kit.services(), ports: { ...ports, openConnection } }).run(new AbortController().signal);
    expect(await kept()).toEqual([]);
    expect(await cursorOf()).toBeUndefined();
  });
});

describe('a provider that does not answer', () => {
  test('F-07: is asked less and less often, is named in the health, and loses nothing', async () => {
    await run();
    later();
    putIssue('77001');
    rig.sandbox.providers.trouble('/ex/jira', 'down');
    await run();
    expect(await healthOf()).toMatchObject({ status: 'failing', fault: { code: 'unreachable' } });
    expect(await cursorOf()).toMatchObject({ failures: 1, claim: null });
    rig.sandbox.providers.mend();
    expect(await asksOf(run)).toBe(0);
    later(3600);
    await run();
    expect(await healthOf()).toMatchObject({ status: 'ok', fault: null });
    expect(await kept()).toHaveLength(ISSUES + 1);
  });
});

describe('an event of the provider', () => {
  test('WH-06: begins the next run at once', async () => {
    const at = await addressed(admin, jira);
    await run();
    putIssue('77001');
    later(5);
    const body = Buffer.from(JSON.stringify(jiraEvent()));
    const { pathname } = new URL(at.at.url);
    const reply = await rig.world.inject({
      method: 'POST',
      url: pathname,
      payload: body,
      headers: { 'content-type': 'application/json', ...signJira(body, at.at.token ?? '') },
    });
    expect(reply.statusCode).toBe(200);
    await rig.world.app.runNow('webhooks.process');
    expect(await asksOf(run)).toBe(1);
    expect(await kept()).toHaveLength(ISSUES + 1);
  });

  test('during a run begins another one after it', async () => {
    await run();
    later();
    putIssue('77001');
    const { ports, emit } = kit.services();
    let told = false;
    const openConnection: Open = async request => {
      const opened = await ports.openConnection(request);
      if (!told)
        await withSystem(rig.world.db, 'telemetry', tx =>
          emit(tx, 'connection.changed', {
            agencyId: request.agencyId,
            clientId: request.clientId,
            connectionId: jira.id,
            provider: 'jira',
            capability: 'tasks',
          }),
        );
      told = true;
      return opened;
    };
    const { run: runOver } = createImports({ ...kit.services(), ports: { ...ports, openConnection } });
    expect(await asksOf(() => runOver(new AbortController().signal))).toBe(2);
    expect(await cursorOf()).toMatchObject({ changed_at: null, run_until: null });
  });
});
