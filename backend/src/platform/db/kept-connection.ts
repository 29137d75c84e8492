import pg from 'pg';

/** A statement by name, so that the server parses and plans it once. */
export type Statement = { readonly name: string; readonly text: string };
/** A list of buffers is a `bytea[]`. */
export type StatementValue = string | Date | readonly Buffer[];

export type KeptConnection = {
  readonly run: (statement: Statement, values: readonly StatementValue[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Temporary tables and types are looked up last: without their name in the list they would come first. */
export const SEARCH_PATH = 'public, pg_temp';
export const SEARCH_PATH_OPTION = `-c search_path=${SEARCH_PATH.replace(' ', '')}`;

/** A server that hangs cannot end a statement itself; after this time we give it up and take a new connection. */
const TIMEOUT_MS = 10_000;
const BYTEA = 17;

/**
 * One connection of its own, as `astrix_system`, opened when it is first needed and again after it was lost. Without a pool in
 * between a statement leaves in the same turn of the event loop that asks for it.
 */
export function keptConnection(url: string): KeptConnection {
  let ready: pg.Client | null = null;
  let connecting: Promise<pg.Client> | null = null;

  const drop = (client: pg.Client) => {
    if (ready === client) ready = null;
    void client.end().catch(() => undefined);
  };

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      options: SEARCH_PATH_OPTION,
      connectionTimeoutMillis: 5000,
      statement_timeout: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    client.on('error', () => drop(client));
    client.on('end', () => drop(client));
    try {
      await client.connect();
      // What is acknowledged must be on disk, also where the server's default is laxer.
      await client.query(
        `select set_config('role', 'astrix_system', false),
           case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', false) end`,
      );
    } catch (error) {
      drop(client);
      throw error;
    }
    ready = client;
    return client;
  }

  async function query(client: pg.Client, { name, text }: Statement, values: readonly StatementValue[]): Promise<void> {
    try {
      await client.query({
        name,
        text,
        values: values.map(value => (Array.isArray(value) ? binaryArray(value) : value)),
      });
    } catch (error) {
      // The server's own refusals carry a code and leave the connection usable; everything else does not.
      if (!(error instanceof pg.DatabaseError)) drop(client);
      throw error;
    }
  }

  return {
    run: (statement, values) => {
      if (ready) return query(ready, statement, values);
      connecting ??= connect().finally(() => {
        connecting = null;
      });
      return connecting.then(client => query(client, statement, values));
    },
    close: async () => {
      const last = ready ?? (await connecting?.catch(() => null)) ?? null;
      ready = null;
      await last?.end();
    },
  };
}

/**
 * `bytea[]` in PostgreSQL's binary form: dimensions, null flag, element type, length and lower bound, then each element behind its
 * length. As text, every byte would be written as two digits here and read back there.
 */
function binaryArray(items: readonly Buffer[]): Buffer {
  const out = Buffer.allocUnsafe(items.reduce((size, item) => size + 4 + item.length, 20));
  let at = 0;
  for (const word of [1, 0, BYTEA, items.length, 1]) at = out.writeInt32BE(word, at);
  for (const item of items) {
    at = out.writeInt32BE(item.length, at);
    at += item.copy(out, at);
  }
  return out;
}
