import type { z } from 'zod';

type Def = {
  readonly type: string;
  readonly [key: string]: unknown;
};

const known = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The same schema for reading what another version wrote: keys that it does not name are dropped instead of refused, at every depth.
 * Everything else, such as types, lengths and required keys, is checked as before. For replies and feed rows only; requests, IPC
 * arguments, webhooks and provider replies keep their strict schemas (F-22).
 */
export function lenient<S extends z.ZodType>(schema: S): S {
  const made = known.get(schema) ?? build(schema);
  known.set(schema, made);
  return made as S;
}

const each = (schemas: unknown) => (schemas as z.ZodType[]).map(lenient);
const one = (schema: unknown) => lenient(schema as z.ZodType);

function build(schema: z.ZodType): z.ZodType {
  const def = schema._zod.def as unknown as Def;
  const change = changeOf(def);
  return change === null ? schema : schema.clone({ ...def, ...change } as never);
}

/** The parts of a schema that hold other schemas, each made lenient; null for a schema without parts. */
function changeOf(def: Def): Record<string, unknown> | null {
  switch (def.type) {
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(def.shape as Record<string, z.ZodType>).map(([key, part]) => [key, lenient(part)]),
      );
      const isStrict = (def.catchall as z.ZodType | undefined)?._zod.def.type === 'never';
      return { shape, ...(isStrict ? { catchall: undefined } : {}) };
    }
    case 'array':
      return { element: one(def.element) };
    case 'record':
      return { valueType: one(def.valueType) };
    case 'tuple':
      return { items: each(def.items) };
    case 'union':
      return { options: each(def.options) };
    case 'intersection':
      return { left: one(def.left), right: one(def.right) };
    case 'pipe':
      return { in: one(def.in), out: one(def.out) };
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return { innerType: one(def.innerType) };
    default:
      return null;
  }
}
