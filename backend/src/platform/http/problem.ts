import { ERRORS, type ErrorCode, type Problem } from '@astrix/contract';
import { AppError } from '../../kernel/errors.ts';

/** The body of every refusal. What is not an AppError leaves as `internal`, with nothing of its message (OP-12). */
export function problemOf(error: unknown, reference: string): Problem {
  const known = error instanceof AppError ? error : new AppError(codeOfFastify(error));
  const { status, reason, next } = ERRORS[known.code];
  const { detail, retryAfterSeconds, fields, newer } = known.options;
  return {
    type: 'about:blank',
    status,
    code: known.code,
    title: reason,
    detail: detail ?? next,
    reference,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(newer === undefined ? {} : { newer: [...newer] }),
  };
}

/** What Fastify itself refuses before a handler runs. */
const FASTIFY: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_request',
  FST_ERR_BAD_URL: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

function codeOfFastify(error: unknown): ErrorCode {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return FASTIFY[code] ?? 'internal';
}
