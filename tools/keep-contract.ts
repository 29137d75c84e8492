/**
 * `npm run contract:keep`: writes what this version says to others into contract/previous/<version>.json, as JSON Schema. Run it once at
 * each release; backend/test/upgrade holds every version that is kept against the current code (F-22).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COLLECTION_NAMES, COLLECTIONS, ROUTES, type RouteDefinition } from '@astrix/contract';
import { z } from 'zod';

type Schema = Record<string, unknown>;
export type KeptRoute = {
  readonly method: string;
  readonly path: string;
  readonly auth: string;
  readonly status: number;
  readonly kind: string;
  /** JSON Schemas: what a caller of that version sends, and what it can read. */
  readonly params: Schema | null;
  readonly query: Schema | null;
  readonly body: Schema | null;
  readonly reply: Schema;
};
export type KeptContract = {
  readonly version: string;
  readonly routes: Readonly<Record<string, KeptRoute>>;
  readonly collections: Readonly<Record<string, Schema>>;
};

const sent = (schema: z.ZodType | undefined) =>
  schema ? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema) : null;
const read = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Schema;

export function keptContract(version: string): KeptContract {
  const routes = (Object.values(ROUTES) as RouteDefinition[]).map(route => [
    route.id,
    {
      method: route.method,
      path: route.path,
      auth: route.auth,
      status: route.replyStatus,
      kind: route.replyKind ?? 'json',
      params: sent(route.params),
      query: sent(route.query),
      body: sent(route.body),
      reply: read(route.reply),
    },
  ]);
  const collections = COLLECTION_NAMES.map(name => [name, read(COLLECTIONS[name].row)]);
  return { version, routes: Object.fromEntries(routes), collections: Object.fromEntries(collections) };
}

/** One line for each route and collection, so that a difference between two versions can be read. */
function textOf({ version, routes, collections }: KeptContract): string {
  const lines = (part: Readonly<Record<string, unknown>>) =>
    Object.entries(part)
      .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return `{\n "version": ${JSON.stringify(version)},\n "routes": {\n${lines(routes)}\n },\n "collections": {\n${lines(collections)}\n }\n}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const folder = join(root, 'contract', 'previous');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${version}.json`);
  writeFileSync(file, textOf(keptContract(version)));
  process.stdout.write(`contract/previous/${version}.json is what this version says to others.\n`);
}
