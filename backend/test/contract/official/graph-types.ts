import type { Schema } from './types.ts';

/** Graph's error; the guide describes it once, the specs leave it out. */
export const GRAPH_ERROR: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'code', 'fbtrace_id'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        code: { type: 'integer' },
        error_subcode: { type: 'integer' },
        error_user_title: { type: 'string' },
        error_user_msg: { type: 'string' },
        error_data: {},
        is_transient: { type: 'boolean' },
        fbtrace_id: { type: 'string' },
      },
    },
  },
};

/** How every list of Graph tells of its other pages. */
export const PAGING: Schema = {
  type: 'object',
  properties: {
    cursors: { type: 'object', properties: { before: { type: 'string' }, after: { type: 'string' } } },
    next: { type: 'string', pattern: '^https?://', example: 'https://graph.facebook.com/' },
    previous: { type: 'string', pattern: '^https?://', example: 'https://graph.facebook.com/' },
  },
};

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int: { type: 'integer' },
  'unsigned int': { type: 'integer', minimum: 0 },
  float: { type: 'number' },
  datetime: { type: ['string', 'integer'] },
  Object: { type: 'object' },
  map: { type: 'object' },
  list: { type: 'array' },
  file: { type: 'string' },
};

/** What a spec of Meta calls a type: a scalar, `list<…>`, `map<…, …>`, a named enum or a node. */
export function schemaOf(
  type: string,
  enums: ReadonlyMap<string, readonly (string | number)[]>,
  isNode: (name: string) => boolean,
): Schema {
  const list = /^list<(.+)>$/.exec(type)?.[1];
  if (list) return { type: 'array', items: schemaOf(list, enums, isNode) };
  const map = /^map<[^,]+,\s*(.+)>$/.exec(type)?.[1];
  if (map) return { type: 'object', additionalProperties: schemaOf(map, enums, isNode) };
  const values = enums.get(type);
  // Kinds that the chosen files do not hold (Targeting, CRMAddress …) are taken as they come.
  return SCALARS[type] ?? (values ? { enum: values } : isNode(type) ? { $ref: type } : {});
}

/** Numbers of nodes are longer than JSON's; Graph writes them as text even where a spec says int. */
export const fieldOf = (name: string, schema: Schema): Schema =>
  /(^|_)id$/.test(name) && schema.type === 'integer'
    ? { type: ['string', 'integer'], pattern: String.raw`^\d+$` }
    : schema;
