import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Clock } from '../src/kernel/clock.ts';
import { openPglite } from '../src/platform/db/engines.ts';
import { type Db, migrate, openDb } from '../src/platform/db/index.ts';
import { copyOf, type DatabaseFiles, filesOfTar } from './copied-files.ts';

/**
 * Starting an empty database takes seconds, and copying a prepared one does not. A template is prepared once for everything that it is made
 * of, and copied for each test: a file below out/test on the embedded database, a database of the server on PostgreSQL.
 */
export type Template<T = null> = {
  readonly name: string;
  /** Files and folders, from the root of the project, that decide what is in it. When one of them changes it is prepared anew. */
  readonly madeOf: readonly string[];
  /** What it begins as; an empty database without it. */
  readonly from?: Template<unknown>;
  /** Fills it. What is answered is given to each test that opens a copy, so it must survive JSON. */
  readonly fill: (db: Db) => Promise<T>;
};

export type TestDb<T = null> = {
  readonly db: Db;
  /** Closes it and removes it from the server. */
  readonly drop: () => Promise<void>;
  /** Where PostgreSQL has it; null on the embedded database. */
  readonly url: string | null;
  readonly made: T;
};

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'out', 'test', 'databases');

/** Tables without rows. */
export const MIGRATED: Template = {
  name: 'migrated',
  madeOf: ['package-lock.json', 'backend/migrations', 'backend/src/platform/db', 'backend/test/databases.ts'],
  fill: async db => {
    await migrate(db);
    return null;
  },
};

const hashes = new Map<Template<unknown>, string>();

function hashOf(template: Template<unknown>): string {
  const known = hashes.get(template);
  if (known) return known;
  const hash = createHash('sha256');
  if (template.from) hash.update(hashOf(template.from));
  for (const path of template.madeOf.flatMap(filesIn)) hash.update(path).update(readFileSync(join(root, path)));
  const made = hash.digest('hex').slice(0, 16);
  hashes.set(template, made);
  return made;
}

function filesIn(path: string): string[] {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter(
      entry =>
        entry.isFile() && !/\.test\.ts$/.test(entry.name) && !/node_modules/.test(entry.parentPath.slice(root.length)),
    )
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** A copy of the template, on PostgreSQL when the run names a server, else embedded. */
export async function openCopy<T>(template: Template<T>, clock: Clock): Promise<TestDb<T>> {
  const server = process.env.ASTRIX_TEST_DATABASE_URL;
  return server ? openPostgresCopy(server, template, clock) : openEmbeddedCopy(template, clock);
}

type Embedded = { readonly files: DatabaseFiles; readonly made: unknown };
const embedded = new Map<string, Promise<Embedded>>();

async function openEmbeddedCopy<T>(template: Template<T>, clock: Clock): Promise<TestDb<T>> {
  const { files, made } = await embeddedTemplate(template);
  const db = await openDb({ dataDir: 'memory', files: copyOf(files), clock });
  return { db, drop: db.close, url: null, made: made as T };
}

function embeddedTemplate(template: Template<unknown>): Promise<Embedded> {
  const name = `${template.name}-${hashOf(template)}`;
  const ready = embedded.get(name) ?? readOrPrepare(template, join(folder, `${name}.tar`));
  embedded.set(name, ready);
  return ready;
}

async function readOrPrepare(template: Template<unknown>, path: string): Promise<Embedded> {
  if (!existsSync(path)) await prepareEmbedded(template, path);
  const bytes = readFileSync(path);
  const length = bytes.readUInt32LE(bytes.length - 4);
  const made = JSON.parse(bytes.subarray(bytes.length - 4 - length, -4).toString()) as unknown;
  return { files: filesOfTar(bytes.subarray(0, -4 - length)), made };
}

/** The files of the database with what was made behind them, in one file, so that a process that reads it sees both or none. */
async function prepareEmbedded(template: Template<unknown>, path: string): Promise<void> {
  const engine = await openPglite('memory', template.from && copyOf((await embeddedTemplate(template.from)).files));
  const made = await template.fill(over(engine));
  // The database of one test is small: buffers for a large one take longer to set up than everything else.
  for (const setting of ["shared_buffers = '4MB'", "wal_buffers = '64kB'", 'full_page_writes = off'])
    await engine.query(`alter system set ${setting}`);
  const files = await engine.dump?.();
  await engine.close();
  if (!files) throw new Error('only the embedded database can be copied as a file');
  const tail = Buffer.from(JSON.stringify(made));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(tail.length);
  mkdirSync(folder, { recursive: true });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, Buffer.concat([Buffer.from(await files.arrayBuffer()), tail, length]));
  renameSync(own, path);
  const stale = new RegExp(`^${template.name}-[0-9a-f]{16}\\.tar$`);
  for (const name of readdirSync(folder))
    if (stale.test(name) && !path.endsWith(name)) rmSync(join(folder, name), { force: true });
}

const over = (internals: Awaited<ReturnType<typeof openPglite>>): Db => ({
  engine: internals.name,
  internals,
  clock: { now: () => new Date() },
  onSystem: () => undefined,
  close: internals.close,
});

async function openPostgresCopy<T>(server: string, template: Template<T>, clock: Clock): Promise<TestDb<T>> {
  const { name: source, made } = await postgresTemplate(server, template);
  const name = `astrix_test_${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`;
  await asAdmin(server, async admin => {
    await admin.query(`create database ${name} template ${source}`);
    // No test of these suites takes the power away; those that do bring a server of their own.
    await admin.query(`alter database ${name} set synchronous_commit = off`);
  });
  const url = urlOf(server, name);
  const db = await openDb({ url, poolSize: 6, clock });
  const drop = async () => {
    await db.close();
    await asAdmin(server, admin => admin.query(`drop database if exists ${name} with (force)`));
  };
  return { db, drop, url, made: made as T };
}

type OnServer = { readonly name: string; readonly made: unknown };
const onServer = new Map<string, Promise<OnServer>>();

function postgresTemplate(server: string, template: Template<unknown>): Promise<OnServer> {
  const name = `astrix_template_${template.name}_${hashOf(template)}`;
  const key = `${server} ${name}`;
  const ready = onServer.get(key) ?? prepareOnServer(server, template, name);
  onServer.set(key, ready);
  return ready;
}

/** What was made is kept as the comment of the database. One process prepares it; the others wait for the lock. */
async function prepareOnServer(server: string, template: Template<unknown>, name: string): Promise<OnServer> {
  const from = template.from && (await postgresTemplate(server, template.from)).name;
  return asAdmin(server, async admin => {
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const found = await admin.query<{ made: string | null }>(
      `select shobj_description(oid, 'pg_database') as made from pg_database where datname = $1`,
      [name],
    );
    const known = found.rows[0]?.made;
    if (known) return { name, made: JSON.parse(known) };
    await dropStale(admin);
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name} template ${from ?? 'template0'}`);
    const db = await openDb({ url: urlOf(server, name), poolSize: 6, clock: { now: () => new Date() } });
    const made = await template.fill(db);
    await db.close();
    await untilUnused(admin, name);
    await admin.query(`comment on database ${name} is ${pg.escapeLiteral(JSON.stringify(made))}`);
    return { name, made };
  });
}

/** A database that somebody is connected to cannot be copied, and the server lets go of a closed connection a little later. */
async function untilUnused(admin: pg.Client, name: string): Promise<void> {
  for (;;) {
    const { rows } = await admin.query('select 1 from pg_stat_activity where datname = $1', [name]);
    if (rows.length === 0) return;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

const STALE_MS = 6 * 3_600_000;

/** Databases of runs that were killed, and templates that nobody has prepared for hours. One that another run just drops has no file left. */
async function dropStale(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string; idle: boolean; age: number | null }>(
    `select datname as name, not exists (select from pg_stat_activity a where a.datname = d.datname) as idle,
       extract(epoch from now() - (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification) * 1000 as age
     from pg_database d where datname ~ '^astrix_(test|template)_'`,
  );
  for (const { name, idle, age } of rows)
    if (idle && Number(age) > STALE_MS) await admin.query(`drop database if exists ${name}`);
}

async function asAdmin<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
