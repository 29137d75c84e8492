import { z } from 'zod';
import { type Role, STAFF } from './roles.ts';

/**
 * Who gets the rows of a collection or the value of a field, beside the client in scope:
 * `everyone` also the client's own staff · `agency` only who works for the agency · `colleagues` the people of the agency, and of a client's
 * staff only those who work for a client of the reader.
 */
export type Audience = 'everyone' | 'agency' | 'colleagues';

/** Whether the role is of the agency, and not of a client's own staff. */
export const isOfAgency = (role: Role): boolean => (STAFF as readonly Role[]).includes(role);

const INTERNAL = z.registry<{ readonly instead: unknown }>();

/** Declares a field that only the agency sees. The staff of a client get `instead` in its place, in every reply and in the feed. */
export function internal<S extends z.ZodType>(schema: S, instead: z.output<S>): S {
  // A schema that stands in other places as well must not become internal there.
  const own = schema.clone() as S;
  INTERNAL.add(own, { instead });
  return own;
}

export const isInternal = (schema: z.ZodType): boolean => INTERNAL.has(schema);

type Strip = (value: unknown) => unknown;
const known = new WeakMap<z.ZodType, { readonly strip: Strip | null }>();

/** The value, of this schema, as somebody with the role may have it. */
export function shownTo(role: Role, schema: z.ZodType, value: unknown): unknown {
  if (isOfAgency(role)) return value;
  const strip = stripOf(schema);
  return strip ? strip(value) : value;
}

/** Null for a schema without an internal field, at any depth. */
function stripOf(schema: z.ZodType): Strip | null {
  const found = known.get(schema);
  if (found) return found.strip;
  const strip = makeStrip(schema);
  known.set(schema, { strip });
  return strip;
}

/** Schemas within a schema, by the kind of its definition. */
export function partsOf(schema: z.ZodType): readonly (readonly [name: string, part: z.ZodType])[] {
  const def = schema._zod.def as unknown as { readonly type: string } & Readonly<Record<string, unknown>>;
  if (def.type === 'object') return Object.entries(def.shape as Record<string, z.ZodType>);
  const single = ['element', 'innerType', 'valueType', 'out', 'left', 'right'].filter(key => def[key] !== undefined);
  const many = [def.options, def.items].flatMap(parts => (Array.isArray(parts) ? (parts as z.ZodType[]) : []));
  return [
    ...single.map(key => [key, def[key] as z.ZodType] as const),
    ...many.map((part, n) => [String(n), part] as const),
  ];
}

function makeStrip(schema: z.ZodType): Strip | null {
  const own = INTERNAL.get(schema);
  if (own) return () => own.instead;
  const strips = partsOf(schema).flatMap(([name, part]) => {
    const strip = stripOf(part);
    return strip ? [{ name, part, strip }] : [];
  });
  if (strips.length === 0) return null;
  switch (schema._zod.def.type) {
    case 'object':
      return value => {
        const shown = { ...(value as Record<string, unknown>) };
        for (const { name, strip } of strips) if (Object.hasOwn(shown, name)) shown[name] = strip(shown[name]);
        return shown;
      };
    case 'array':
      return value => (value as unknown[]).map(strips[0]!.strip);
    case 'nullable':
    case 'optional':
      return value => (value === null || value === undefined ? value : strips[0]!.strip(value));
    case 'union':
      return value => strips.find(({ part }) => part.safeParse(value).success)?.strip(value) ?? value;
    default:
      throw new Error(`An internal field cannot stand within a schema of the kind ${schema._zod.def.type}.`);
  }
}
