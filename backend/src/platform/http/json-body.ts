import { shorten } from '@astrix/contract';
import type { z } from 'zod';
import { fail } from '../../kernel/errors.ts';
import { JSON_LIMITS, type JsonFault, type JsonLimits, parseStrictly } from '../../kernel/strict-json.ts';

/** Exactly this, with at most a UTF-8 charset: tabs, parameters and lists have slipped past body checks elsewhere (WH-11). */
const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

export const isJsonType = (contentType: string | undefined): boolean =>
  contentType !== undefined && JSON_TYPE.test(contentType);

/** What a form without files is sent as; Meta's callbacks are (WH-14). */
export const isFormType = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(contentType);

const LIMITS: JsonLimits = { ...JSON_LIMITS, keys: 10_000, unstorable: 'refused' };

const REASONS: Readonly<Record<JsonFault, string>> = {
  charset: 'The body is not valid JSON in UTF-8.',
  empty: 'The body is not valid JSON in UTF-8.',
  json: 'The body is not valid JSON in UTF-8.',
  'too-deep': `The body nests deeper than ${LIMITS.depth} levels.`,
  'too-many-keys': `The body has more than ${LIMITS.keys} keys.`,
  'long-key': `The body has a key that is longer than ${LIMITS.keyLength} characters.`,
  'forbidden-key':
    'The keys __proto__, constructor and prototype are not accepted, nor is one with a character that cannot be stored.',
  'duplicate-key': 'The body has the same key twice in one object.',
  number: 'The body has a number that is too large.',
  unstorable: 'The body has a text with a character that cannot be stored.',
};

/** Parses the bytes of a request as strictly as a provider's reply; the refusal says what is wrong. */
export function parseJson(bytes: Buffer): unknown {
  const parsed = parseStrictly(bytes, LIMITS);
  return 'fault' in parsed ? fail('invalid_request', { detail: REASONS[parsed.fault] }) : parsed.value;
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
    path: shorten([part, ...issue.path.map(String)].join('.'), 200),
    message: shorten(issue.message, 200),
  }));
  return fail('invalid_request', {
    detail: shorten(fields.map(field => `${field.path}: ${field.message}`).join('; '), 500),
    fields,
  });
}
