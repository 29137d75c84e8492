import type { Db } from './database.ts';
import type { Session } from './engines.ts';
import { mayPass, unreachableFault } from './unreachable.ts';

/** A fault of the database or its server that a person can mend; the message says how. */
export class DatabaseFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DatabaseFault';
  }
}

type Server = {
  readonly user: string;
  readonly database: string;
  readonly version: number;
  readonly encoding: string;
  readonly read_only: boolean;
  readonly super: boolean;
  readonly createrole: boolean;
  readonly owns: boolean;
  /** Migrations of ours have been here. */
  readonly ours: boolean;
  readonly tables: readonly string[];
  /** Of the two roles: those that exist, those that may be granted on, those that the user may become. */
  readonly existing: readonly string[];
  readonly grantable: readonly string[];
  readonly usable: readonly string[];
  readonly seconds: number;
};

const OLDEST = 150_000;
/** PostgreSQL 16 took from CREATEROLE the right to grant roles that others made. */
const OWN_ROLES_ONLY = 160_000;
const ROLES = ['astrix_tenant', 'astrix_system'];
const q = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function look(session: Session): Promise<Server> {
  const version = Number(
    (await session.query(`select current_setting('server_version_num') as version`)).rows[0]?.version,
  );
  const become = version >= OWN_ROLES_ONLY ? 'SET' : 'MEMBER';
  const { rows } = await session.query(
    `select current_user::text as user, current_database()::text as database, current_setting('server_version_num')::int as version,
       current_setting('server_encoding') as encoding, current_setting('transaction_read_only') = 'on' as read_only,
       r.rolsuper as super, r.rolcreaterole as createrole,
       has_schema_privilege('public', 'create') as owns,
       to_regclass('public.schema_migrations') is not null as ours,
       array(select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') order by 1) as tables,
       array(select rolname::text from pg_roles where rolname = any ($1)) as existing,
       array(select rolname::text from pg_roles where rolname = any ($1) and pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')) as grantable,
       array(select rolname::text from pg_roles where rolname = any ($1) and pg_has_role(oid, '${become}')) as usable,
       extract(epoch from clock_timestamp())::float8 as seconds
     from pg_roles r where r.rolname = current_user`,
    [ROLES],
  );
  return rows[0] as unknown as Server;
}

/** Before the first migration: what it will need. */
function firstFault(server: Server): string | null {
  const { user, database, existing, grantable } = server;
  if (server.tables.length > 0)
    return `The database ${database} holds tables of something else (${server.tables.slice(0, 3).join(', ')}). Astrix needs one of its own: create database astrix owner ${q(user)}`;
  if (!server.owns)
    return `The role ${user} may not make tables in the database ${database}. As an administrator, run: alter database ${q(database)} owner to ${q(user)}`;
  if (server.super) return null;
  if (!server.createrole)
    return `The role ${user} may not make the roles astrix_tenant and astrix_system, which the first start makes. As an administrator, run: alter role ${q(user)} createrole. It can be taken back afterwards.`;
  const foreign = existing.filter(role => !grantable.includes(role));
  if (foreign.length > 0 && server.version >= OWN_ROLES_ONLY)
    return `The server has the roles ${foreign.join(' and ')} already, of another installation or of a restored one: roles belong to the whole server. As an administrator, run: grant ${foreign.join(', ')} to ${q(user)} with admin option`;
  return null;
}

/** On a database that migrations have been applied to, such as a restored one. */
function laterFault(server: Server): string | null {
  const missing = ROLES.filter(role => !server.existing.includes(role));
  const foreign = ROLES.filter(role => !server.usable.includes(role));
  if (server.super || foreign.length === 0) return null;
  const made = missing.map(role => `create role ${role} nologin; `).join('');
  const why = missing.length > 0 ? 'A backup of one database does not hold roles' : 'The role was not granted them';
  return `The role ${server.user} may not act as ${foreign.join(' and ')}. ${why}. As an administrator, run: ${made}grant ${foreign.join(', ')} to ${q(server.user)}${missing.length > 0 ? ', and restore the backup again into an empty database: its rights were lost with the roles' : ''}`;
}

function faultOf(server: Server): string | null {
  if (server.version < OLDEST)
    return `PostgreSQL 15 or newer is needed, and this server is ${Math.floor(server.version / 10_000)}.`;
  if (server.encoding !== 'UTF8')
    return `The database ${server.database} is in ${server.encoding} and cannot hold Hindi. Make one in UTF-8: create database astrix owner ${q(server.user)} encoding 'UTF8' template template0`;
  if (server.read_only)
    return `The database ${server.database} takes no changes: it is a replica or set to read-only. DATABASE_URL must name the primary server.`;
  return server.ours ? laterFault(server) : firstFault(server);
}

export type ServerFacts = {
  /** Seconds by which the clock of the database is ahead of this machine's; 0 on the embedded one. */
  readonly clockAhead: number;
  readonly isSuperuser: boolean;
  readonly user: string;
};

export type Patience = {
  readonly url: string | undefined;
  readonly patienceMs: number;
  /** Told each time that the database does not answer yet. */
  readonly waiting: (why: string) => void;
};
const PAUSE_MS = 2000;

/**
 * Connects, waits for a server that is not there yet, and looks at what the migrations and the roles need. Throws DatabaseFault with a
 * sentence that names the statement or the variable.
 */
export async function demandServer(db: Db, { url, patienceMs, waiting }: Patience): Promise<ServerFacts> {
  if (db.engine === 'pglite' || url === undefined) return { clockAhead: 0, isSuperuser: false, user: 'postgres' };
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      const before = db.clock.now().getTime();
      const server = await db.internals.session(look);
      const middle = (before + db.clock.now().getTime()) / 2;
      const fault = faultOf(server);
      if (fault !== null) throw new DatabaseFault(fault);
      return { clockAhead: server.seconds - middle / 1000, isSuperuser: server.super, user: server.user };
    } catch (error) {
      const sentence = unreachableFault(error, url);
      if (sentence === null) throw error;
      if (!mayPass(error) || performance.now() + PAUSE_MS > until) throw new DatabaseFault(sentence, error);
      waiting(sentence);
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    }
  }
}
