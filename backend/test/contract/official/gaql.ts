import { readFileSync } from 'node:fs';
import { isObject, some } from './schema.ts';
import { specPath } from './specs.ts';
import type { Json } from './types.ts';

/** What a query in Google's own language asks for. */
export type Query = {
  readonly select: readonly string[];
  readonly from: string | null;
  readonly where: readonly { readonly field: string; readonly values: readonly string[] }[];
  readonly order: readonly string[];
};

const SHAPE =
  /^\s*SELECT\s+(?<select>.+?)(?:\s+FROM\s+(?<from>\w+))?(?:\s+WHERE\s+(?<where>.+?))?(?:\s+ORDER\s+BY\s+(?<order>.+?))?(?:\s+LIMIT\s+[1-9]\d*)?(?:\s+PARAMETERS\s+\w+\s*=\s*\w+(?:\s*,\s*\w+\s*=\s*\w+)*)?\s*$/is;
const CONDITION =
  /^([\w.]+)\s+(?:(?:=|!=|>=|<=|>|<)\s*('[^']*'|"[^"]*"|[\w.-]+)|(?:NOT\s+)?(?:IN|CONTAINS\s+(?:ANY|ALL|NONE))\s*\(([^)]*)\)|(?:NOT\s+)?(?:LIKE|REGEXP_MATCH)\s+('[^']*'|"[^"]*")|BETWEEN\s+(\S+)\s+AND\s+(\S+)|IS\s+(?:NOT\s+)?NULL|DURING\s+[A-Z0-9_]+)$/i;

/** Reads a query; null when it is not one. */
export function readQuery(text: string): Query | null {
  const found = SHAPE.exec(text)?.groups;
  if (!found) return null;
  const list = (part: string | undefined) =>
    (part ?? '')
      .split(',')
      .map(one => one.trim())
      .filter(Boolean);
  // The AND of BETWEEN belongs to its condition.
  const joined = (found.where ?? '').replaceAll(/(BETWEEN\s+\S+)\s+AND\s+/gi, '$1 \u0000 ');
  const conditions = joined
    .split(/\s+AND\s+/i)
    .filter(Boolean)
    .map(one =>
      one
        .replaceAll('\u0000', 'AND')
        .trim()
        .replace(/^([\w.]+)\s*(=|!=|>=|<=|>|<)/, '$1 $2'),
    );
  const where = conditions.map(one => {
    const [, field, one_, many, like, from, to] = CONDITION.exec(one) ?? [];
    if (field === undefined) return null;
    const values = [one_, ...list(many), like, from, to].filter(value => value !== undefined);
    return { field, values: values.map(value => value.replaceAll(/^['"]|['"]$/g, '')) };
  });
  const select = list(found.select);
  if (where.some(one => one === null) || !select.every(field => /^[a-z][\w.]*$/i.test(field))) return null;
  return {
    select,
    from: found.from ?? null,
    where: where.filter(one => one !== null),
    order: list(found.order).map(one => one.split(/\s+/)[0]!),
  };
}

/** The fields of all resources, metrics and segments as a tree; the leaves say the type, or the choices of an enum. */
export function createGaql() {
  const text = readFileSync(specPath('google-ads', 'gaql_fields_v25.js'), 'utf8');
  const tree = JSON.parse(/fieldDataTypes = `(\{.*\})`/s.exec(text)![1]!) as Json;
  const resources = new Set([...text.matchAll(/"(\w+)\.resource_name"/g)].map(match => match[1]!));

  const meant = (node: unknown): unknown => {
    let at = node;
    for (let n = 0; n < 20 && isObject(at) && typeof at.$ref === 'string'; n++) {
      let next: unknown = tree;
      for (const step of at.$ref.replace('#/', '').split('/')) next = isObject(next) ? meant(next[step]) : undefined;
      at = next;
    }
    return at;
  };
  const isLeaf = (node: unknown) =>
    typeof node === 'string' || (isObject(node) && Object.values(node).every(value => typeof value === 'number'));
  const at = (field: string): unknown => {
    let node: unknown = tree;
    for (const step of field.split('.'))
      node = isObject(node) && Object.hasOwn(node, step) ? meant(node[step]) : undefined;
    return node;
  };

  const fieldFault = (field: string): string[] => {
    const [root = ''] = field.split('.');
    if (!resources.has(root) && root !== 'metrics' && root !== 'segments')
      return [`query: ${field} is of no resource, metrics or segments`];
    if (isLeaf(at(field)) && field.includes('.')) return [];
    const parent = at(field.split('.').slice(0, -1).join('.'));
    const names = isObject(parent) ? Object.keys(parent) : [];
    return [`query: ${field} is not in the document (known: ${some(names, field.split('.').at(-1))})`];
  };

  return {
    /** The type of a leaf (`INT64`, `ENUM` …), its choices, or undefined. */
    at,
    /** What is wrong with a query, one sentence each. */
    faults(query: string): string[] {
      const read = readQuery(query);
      if (!read) return [`query: is no query that Google's language allows: ${query}`];
      if (read.from === null) return ['query: FROM is missing'];
      const from = resources.has(read.from)
        ? []
        : [`query: FROM ${read.from} is no resource (known: ${some([...resources], read.from)})`];
      const values = read.where.flatMap(({ field, values }) => {
        const leaf = at(field);
        if (!isObject(leaf) || !isLeaf(leaf)) return [];
        const wrong = values.filter(value => !Object.hasOwn(leaf, value));
        return wrong.map(value => `query: ${field} is never ${value} (known: ${some(Object.keys(leaf), value)})`);
      });
      const fields = [...read.select, ...read.where.map(one => one.field), ...read.order];
      return [...from, ...[...new Set(fields)].flatMap(fieldFault), ...values];
    },
  };
}
export type Gaql = ReturnType<typeof createGaql>;
