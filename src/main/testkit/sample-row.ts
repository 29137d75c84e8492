import { type CollectionName, collectionOf, newId } from '@astrix/contract';
import type { z } from 'zod';

type Def = { readonly type: string; readonly [key: string]: unknown };

/**
 * A row of any collection, made from its schema: ids are new, texts hold `word`, everything that may be null is null. `given` sets the
 * fields that the test is about. Throws for a schema that it cannot fill, so that a new collection is never left out silently.
 */
export function sampleRow(
  name: CollectionName,
  word: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { row } = collectionOf(name);
  const made = Object.fromEntries(
    Object.entries(row.shape).map(([key, field]) => [
      key,
      key in given ? given[key] : valueFor(field as z.ZodType, word),
    ]),
  );
  return row.parse(made);
}

/** A value that the schema allows; texts are `word` where that fits. */
export function valueFor(schema: z.ZodType, word: string): unknown {
  const def = schema._zod.def as unknown as Def;
  switch (def.type) {
    case 'nullable':
      return null;
    case 'optional':
      return undefined;
    case 'default':
      return valueFor(def.innerType as z.ZodType, word);
    case 'enum':
      return Object.values(def.entries as Record<string, string>)[0];
    case 'literal':
      return (def.values as unknown[])[0];
    case 'boolean':
      return true;
    case 'number':
    case 'int':
      return 1;
    case 'array':
      return [];
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape as Record<string, z.ZodType>).map(([key, field]) => [key, valueFor(field, word)]),
      );
    case 'string':
      return [word, newId(), '2026-11-20T06:30:00.000Z', '2026-11-20', word.slice(0, 4), 'INR'].find(
        text => schema.safeParse(text).success,
      );
    default:
      throw new Error(`sampleRow does not know how to fill a ${def.type}: add it to src/main/testkit/sample-row.ts.`);
  }
}
