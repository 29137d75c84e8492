import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Filesystem } from '@electric-sql/pglite/basefs';
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { keepPrivate } from '../files/index.ts';
import { takeDirectory } from './data-directory.ts';
import {
  keptConnection,
  SEARCH_PATH,
  SEARCH_PATH_OPTION,
  type Statement,
  type StatementValue,
} from './kept-connection.ts';
import type { Schema } from './schema.ts';

export type Unlisten = () => Promise<void>;

type Rows = { rows: Record<string, unknown>[]; rowCount: number };

/** One connection from the first statement to the last. */
export type Session = {
  /** Several statements without parameters. */
  readonly script: (text: string) => Promise<void>;
  readonly query: (text: string, values?: readonly unknown[]) => Promise<Rows>;
};

/** What the two engines have in common. Everything above this file is the same SQL on both. */
export type Engine = {
  readonly name: 'pglite' | 'postgres';
  readonly kysely: Kysely<Schema>;
  /** Several statements without parameters, outside any transaction of ours. */
  readonly script: (text: string) => Promise<void>;
  readonly query: (text: string, values?: readonly unknown[]) => Promise<Rows>;
  /** Runs `work` on a connection of its own on which a statement may take as long as it needs. It is closed afterwards. */
  readonly session: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  /** One statement as `astrix_system` that commits by itself, prepared once, on a connection kept for such statements. */
  readonly statement: (statement: Statement, values: readonly StatementValue[]) => Promise<void>;
  /** Calls back for each NOTIFY; after a lost connection once with an empty payload, because something may have been missed. */
  readonly listen: (channel: string, onNotice: (payload: string) => void) => Promise<Unlisten>;
  /** The files of the embedded database in a tar, to start another from; absent on PostgreSQL. */
  readonly dump?: () => Promise<Blob>;
  readonly close: () => Promise<void>;
};

const INT8 = 20;
const BYTEA = 17;

export async function openPglite(dataDir: string | 'memory', files?: Filesystem): Promise<Engine> {
  const release = dataDir === 'memory' ? () => undefined : takeDirectory(dataDir);
  const pglite = await PGlite.create({
    ...(dataDir === 'memory' ? {} : { dataDir: join(dataDir, 'pglite') }),
    ...(files ? { fs: files } : {}),
    parsers: { [INT8]: Number, [BYTEA]: text => Buffer.from(text.slice(2), 'hex') },
  }).catch(error => {
    release();
    throw error;
  });
  // A new database is unpacked with rights of its own, whatever the umask says.
  if (dataDir !== 'memory') keepPrivate(join(dataDir, 'pglite'));
  await pglite.exec(`set search_path = ${SEARCH_PATH}`);
  const kysely = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
  /** There is one connection. Kysely gives it to one at a time, and what does not go through Kysely asks it for the connection too. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => kysely.connection().execute(work);
  const session: Session = {
    script: async text => void (await pglite.exec(text)),
    query: async (text, values) => {
      if (!values || values.length === 0) {
        const results = await pglite.exec(text);
        const last = results.at(-1);
        return { rows: (last?.rows ?? []) as Record<string, unknown>[], rowCount: last?.affectedRows ?? 0 };
      }
      const result = await pglite.query<Record<string, unknown>>(text, [...values]);
      return { rows: result.rows, rowCount: result.affectedRows ?? result.rows.length };
    },
  };
  return {
    name: 'pglite',
    kysely,
    script: text => alone(() => session.script(text)),
    query: (text, values) => alone(() => session.query(text, values)),
    session: work => alone(() => work(session)),
    statement: ({ text }, values) =>
      alone(() =>
        pglite.transaction(async tx => {
          await tx.query(`set local role astrix_system`);
          await tx.query(text, [...values]);
        }),
      ),
    listen: (channel, onNotice) =>
      alone(() => pglite.listen(channel, onNotice)).then(unlisten => () => alone(() => unlisten())),
    dump: () => alone(() => pglite.dumpDataDir('none')),
    close: async () => {
      // Closes the database, unless Kysely was never asked anything.
      await kysely.destroy();
      if (!pglite.closed) await pglite.close();
      release();
    },
  };
}

/** pg gives 64-bit integers as text; ours are counters far below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

export async function openPostgres(url: string, poolSize: number): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: url,
    options: SEARCH_PATH_OPTION,
    max: poolSize,
    connectionTimeoutMillis: 5000,
    idle_in_transaction_session_timeout: 30_000,
    statement_timeout: 30_000,
    types,
  });
  // Without a listener a stopped server ends this process: the pool's for its idle connections, each one's own while it is in use.
  pool.on('error', () => undefined);
  pool.on('connect', client => client.on('error', () => undefined));
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const over = (asked: pg.Pool | pg.Client): Session => ({
    script: async text => void (await asked.query(text)),
    query: async (text, values) => {
      const result = await asked.query(text, values ? [...values] : undefined);
      const last = Array.isArray(result) ? (result as pg.QueryResult[]).at(-1) : result;
      return { rows: last?.rows ?? [], rowCount: last?.rowCount ?? 0 };
    },
  });
  const listeners = new Set<{ stop: () => Promise<void> }>();
  const kept = keptConnection(url);
  return {
    name: 'postgres',
    kysely,
    ...over(pool),
    async session(work) {
      const client = new pg.Client({
        connectionString: url,
        options: SEARCH_PATH_OPTION,
        connectionTimeoutMillis: 5000,
        types,
      });
      client.on('error', () => undefined);
      await client.connect();
      try {
        // Said in so many words: a database or its user may have limits of their own.
        await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
        return await work(over(client));
      } finally {
        await client.end();
      }
    },
    statement: kept.run,
    listen: async (channel, onNotice) => {
      const listener = await keepListening(url, channel, onNotice);
      listeners.add(listener);
      return async () => {
        listeners.delete(listener);
        await listener.stop();
      };
    },
    close: async () => {
      await Promise.all([...listeners].map(listener => listener.stop()));
      await kept.close();
      await kysely.destroy();
    },
  };
}

/** Holds one connection on LISTEN and takes a new one, with back-off up to 5 s, whenever the server goes away. */
async function keepListening(
  url: string,
  channel: string,
  onNotice: (payload: string) => void,
): Promise<{ stop: () => Promise<void> }> {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let delay = 250;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    next.on('error', () => undefined);
    next.on('end', () => {
      if (client !== next) return;
      client = null;
      later();
    });
    next.on('notification', notice => onNotice(notice.payload ?? ''));
    await next.connect();
    await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    client = next;
    delay = 250;
  };
  const later = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      connect().then(
        () => onNotice(''),
        () => {
          delay = Math.min(5000, delay * 2);
          later();
        },
      );
    }, delay);
  };
  await connect();
  return {
    stop: async () => {
      stopped = true;
      if (timer) clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end();
    },
  };
}
