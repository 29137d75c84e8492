import type { z } from 'zod';
import { JSON_LIMITS, type JsonLimits, parseStrictly } from '../../kernel/strict-json.ts';
import { withoutNulls } from '../../kernel/without-nulls.ts';

/** `raw` is the JSON as it came, before the schema: where an error inside of a 200 would stand. */
export type Read<T> = ({ readonly data: T } | { readonly fault: string }) & { readonly raw?: unknown };

/** How a reply is read: what is asked for, how much of it is taken in, and what fits. */
export type Reader<T> = {
  readonly accept: string;
  readonly maxBytes: number;
  readonly read: (body: Buffer, contentType: string) => Read<T>;
};

const MEBIBYTE = 1_048_576;

/**
 * JSON that fits the schema. A key of null counts as absent, unknown keys fall away, unknown enum values and shapes are a fault. Lists whose
 * rows are read one by one say so in their schema (`rowsOf` of the providers).
 */
export function json<T>(
  schema: z.ZodType<T>,
  { maxBytes = MEBIBYTE, limits }: { readonly maxBytes?: number; readonly limits?: Partial<JsonLimits> } = {},
): Reader<T> {
  return {
    accept: 'application/json',
    maxBytes,
    read: (body, contentType) => {
      // A login page or the greeting of a captive portal, whatever its status says.
      if (/^\s*(?:text\/html|application\/xhtml)/i.test(contentType)) return { fault: 'html' };
      const parsed = parseStrictly(body, { ...JSON_LIMITS, ...limits });
      if ('fault' in parsed) return parsed;
      // Most replies hold none, and to look for the word costs nothing beside a copy of all that was read.
      const value = body.includes('null') ? withoutNulls(parsed.value) : parsed.value;
      const fits = schema.safeParse(value);
      return fits.success ? { data: fits.data, raw: parsed.value } : { fault: 'schema', raw: parsed.value };
    },
  };
}

/** A file of one of these types; what is inside is judged by whoever opens it. */
export function bytes(types: readonly string[], maxBytes: number): Reader<Buffer> {
  return {
    accept: types.join(', '),
    maxBytes,
    read: (body, contentType) => {
      const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
      if (!types.includes(type)) return { fault: 'content-type' };
      return body.length === 0 ? { fault: 'empty' } : { data: body };
    },
  };
}

/** The status says it all; what else comes is not looked at. */
export const nothing: Reader<null> = { accept: '*/*', maxBytes: 65_536, read: () => ({ data: null }) };
