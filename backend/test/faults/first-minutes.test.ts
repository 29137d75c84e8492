import { createServer as createHttp, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createPrivatePostgres,
  type PrivatePostgres,
  privatePostgresAvailable,
} from '../../../tools/private-postgres.ts';
import { buildApp } from '../../src/app.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { type Db, demandServer, migrate, openDb } from '../../src/platform/db/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { testConfig } from '../world.ts';

/** What an administrator of a server prepares wrongly, on a server of its own: roles belong to a whole server. */
describe.skipIf(!privatePostgresAvailable())('a first installation on PostgreSQL', () => {
  let server: PrivatePostgres;
  beforeAll(async () => {
    server = await createPrivatePostgres();
  });
  afterAll(() => server?.remove());

  const asAdministrator = async (...statements: string[]) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const urlFor = (user: string, database = user) =>
    server.url.replace('postgres@', `${user}@`).replace(/postgres$/, database);

  type Options = { patienceMs?: number; clock?: Clock; waiting?: (why: string) => void };
  async function start(url: string, { patienceMs = 0, clock = systemClock, waiting = () => undefined }: Options = {}) {
    const db: Db = await openDb({ url, clock });
    try {
      const facts = await demandServer(db, { url, patienceMs, waiting });
      await migrate(db);
      return facts;
    } finally {
      await db.close();
    }
  }
  const refusal = (url: string) =>
    start(url).then(
      () => 'it started',
      (error: Error) => error.message,
    );

  test('each refusal names a statement, and with it the next start works', async () => {
    expect(await refusal(urlFor('one'))).toContain('create role "one" login createrole');
    await asAdministrator(`create role one login password 'one'`);
    expect(await refusal(urlFor('one'))).toContain(
      `run: create database "one" owner "one" encoding 'UTF8' template template0`,
    );
    await asAdministrator(`create database one encoding 'UTF8' template template0`);
    expect(await refusal(urlFor('one'))).toContain('run: alter database "one" owner to "one"');
    await asAdministrator('alter database "one" owner to "one"');
    expect(await refusal(urlFor('one'))).toContain('run: alter role "one" createrole');
    await asAdministrator('alter role "one" createrole');
    expect(await start(urlFor('one'))).toMatchObject({ isSuperuser: false, user: 'one' });
    // Once the roles are there, the right to make them can be taken back.
    await asAdministrator('alter role "one" nocreaterole');
    expect(await start(urlFor('one'))).toMatchObject({ isSuperuser: false });
  });

  test('a second installation on the same server is told to be granted the roles of the first', async () => {
    await asAdministrator(`create role two login createrole`, `create database two owner two`);
    const told = await refusal(urlFor('two'));
    expect(told).toContain('grant astrix_tenant, astrix_system to "two" with admin option');
    await asAdministrator(told.split('run: ')[1]!);
    expect(await start(urlFor('two'))).toMatchObject({ user: 'two' });
  });

  test('a restored database whose role lost its grants says which', async () => {
    await asAdministrator('revoke astrix_tenant, astrix_system from two cascade');
    const told = await refusal(urlFor('two'));
    expect(told).toContain('The role two may not act as astrix_tenant and astrix_system.');
    await asAdministrator(told.split('run: ')[1]!);
    expect(await start(urlFor('two'))).toMatchObject({ user: 'two' });
  });

  test('a database of something else is left as it is', async () => {
    await asAdministrator('create role three login createrole', 'create database three owner three');
    const other = new pg.Client({ connectionString: urlFor('three') });
    await other.connect();
    await other.query('create table people (name text)');
    expect(await refusal(urlFor('three'))).toContain('holds tables of something else (people)');
    const { rows } = await other.query(
      `select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace`,
    );
    await other.end();
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('a database that cannot hold Hindi is refused with the statement that makes one that can', async () => {
    await asAdministrator(
      'create role four login createrole',
      `create database four owner four encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`,
    );
    expect(await refusal(urlFor('four'))).toMatch(
      /is in SQL_ASCII and cannot hold Hindi.*encoding 'UTF8' template template0/,
    );
  });

  test('a database that takes no changes is named as one', async () => {
    await asAdministrator(
      'create role five login createrole',
      'create database five owner five',
      'alter database five set default_transaction_read_only = on',
    );
    expect(await refusal(urlFor('five'))).toContain('takes no changes');
  });

  test('a superuser starts, and whoever starts it is told', async () => {
    await asAdministrator('create database six');
    expect(await start(urlFor('postgres', 'six'))).toMatchObject({ isSuperuser: true, user: 'postgres' });
  });

  test('a clock that is ten minutes off is seen', async () => {
    const clock = { now: () => new Date(Date.now() - 600_000) };
    expect((await start(urlFor('one'), { clock })).clockAhead).toBeCloseTo(600, -1);
    expect(Math.abs((await start(urlFor('one'))).clockAhead)).toBeLessThan(5);
  });

  test('TLS that the server does not speak is named', async () => {
    expect(await refusal(`${urlFor('one')}?sslmode=require`)).toContain(
      'does not speak TLS, and DATABASE_URL asks for it',
    );
  });

  test('a host that is not known is named', async () => {
    expect(await refusal('postgres://one@no-such-host.invalid/one')).toMatch(
      /The host no-such-host\.invalid in DATABASE_URL is not known/,
    );
  });

  test('something else on that port is told from a wrong password', async () => {
    const web: Server = createHttp((_request, reply) => reply.end('hello'));
    await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    expect(await refusal(`postgres://one@127.0.0.1:${port}/one`)).toContain(
      `No PostgreSQL answers at 127.0.0.1:${port}`,
    );
    web.closeAllConnections();
    await new Promise(resolve => web.close(resolve));
  });

  test('a server that starts later is waited for, and each wait says why', async () => {
    await server.stop('fast');
    expect(await refusal(urlFor('one'))).toContain('No server listens at 127.0.0.1');
    const told: string[] = [];
    const started = start(urlFor('one'), {
      patienceMs: 60_000,
      waiting: why => {
        told.push(why);
        if (told.length === 1) void server.start();
      },
    });
    expect(await started).toMatchObject({ user: 'one' });
    expect(told[0]).toContain('No server listens at 127.0.0.1');
  });

  test('four processes may start on an empty database at once', async () => {
    await asAdministrator(
      'create role many login createrole',
      'grant astrix_tenant, astrix_system to many with admin option',
    );
    for (const round of ['a', 'b', 'c']) {
      const name = `many_${round}`;
      await asAdministrator(`create database ${name} owner many`);
      const url = urlFor('many', name);
      const processes = Array.from({ length: 4 }, async () => {
        const db = await openDb({ url, clock: systemClock, poolSize: 4 });
        await demandServer(db, { url, patienceMs: 0, waiting: () => undefined });
        await migrate(db);
        const parts = { clock: systemClock, log: silentLog, metrics: createMetrics(), version: '0.0.0', demo: null };
        const app = await buildApp({ ...parts, db, config: testConfig({ DATABASE_URL: url }) });
        return async () => {
          await app.stop();
          await db.close();
        };
      });
      const ended = await Promise.allSettled(processes);
      for (const end of ended) if (end.status === 'fulfilled') await end.value();
      expect(ended.flatMap(end => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([]);
    }
  });
});
