import type { z } from 'zod';
import { fail } from '../../kernel/errors.ts';

export const MAX_DEPTH = 32;
const MAX_KEYS = 10_000;

/** Exactly this, with at most a UTF-8 charset: tabs, parameters and lists have slipped past body checks elsewhere (WH-11). */
const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

export const isJsonType = (contentType: string | undefined): boolean =>
  contentType !== undefined && JSON_TYPE.test(contentType);

/** What a form without files is sent as; Meta's callbacks are (WH-14). */
export const isFormType = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(contentType);

/** Parses the bytes of a request. Refuses what could reach a prototype, and what nests or fans out beyond any honest body. */
export function parseJson(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    fail('invalid_request', { detail: 'The body is not valid JSON in UTF-8.' });
  }
  demandHarmless(value);
  return value;
}

/** Walks with a stack of its own: a deep body must not exhaust the call stack. */
function demandHarmless(root: unknown): void {
  const stack: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  let keys = 0;
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    if (typeof entry.value === 'string') demandStorable(entry.value);
    if (typeof entry.value !== 'object' || entry.value === null) continue;
    if (entry.depth > MAX_DEPTH) fail('invalid_request', { detail: `The body nests deeper than ${MAX_DEPTH} levels.` });
    for (const key of Object.keys(entry.value)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype')
        fail('invalid_request', { detail: `The key ${key} is not accepted.` });
      keys += 1;
      if (keys > MAX_KEYS) fail('invalid_request', { detail: `The body has more than ${MAX_KEYS} values.` });
      stack.push({ value: (entry.value as Record<string, unknown>)[key], depth: entry.depth + 1 });
    }
  }
}

/** No database can hold NUL or half a surrogate pair in a text. */
function demandStorable(text: string): void {
  if (text.includes('\0') || !text.isWellFormed())
    fail('invalid_request', { detail: 'The body has a text with a character that cannot be stored.' });
}

/** Checks one part of a request; the refusal names each field and what is wrong with it. */
export function checked<S extends z.ZodType>(
  schema: S | undefined,
  value: unknown,
  part: 'path' | 'query' | 'body',
): z.output<S> | undefined {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, 20).map(issue => ({
    path: [part, ...issue.path.map(String)].join('.').slice(0, 200),
    message: issue.message.slice(0, 200),
  }));
  return fail('invalid_request', {
    detail: fields
      .map(field => `${field.path}: ${field.message}`)
      .join('; ')
      .slice(0, 500),
    fields,
  });
}
