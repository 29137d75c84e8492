import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf, type Stage } from '../imitation.ts';

/** google.rpc.Status, as every newer API of Google answers errors. */
export const statusError = (
  reply: FastifyReply,
  code: number,
  status: string,
  message: string,
  details: readonly object[] = [],
) => reply.code(code).send({ error: { code, message, status, ...(details.length > 0 ? { details } : {}) } });

const NO_TOKEN =
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
const NO_SCOPE = 'Request had insufficient authentication scopes.';
export const noScope = (service: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  domain: 'googleapis.com',
  metadata: { service },
});

/** Sends the refusal of a request without a living token, or without the scope; null when it may pass. */
export function refusalOf(stage: Stage, request: FastifyRequest, reply: FastifyReply, scope: string) {
  const granted = stage.grantOf(bearerOf(request));
  if (!granted) return statusError(reply, 401, 'UNAUTHENTICATED', NO_TOKEN);
  if (!granted.scopes.includes(`https://www.googleapis.com/auth/${scope}`))
    return statusError(reply, 403, 'PERMISSION_DENIED', NO_SCOPE, [noScope(request.headers.host ?? '')]);
  return null;
}

/** Page tokens are opaque: nobody counts on from them. */
export const tokenOf = (offset: number) => Buffer.from(`offset:${offset}`).toString('base64url');
export const offsetOf = (token: string | undefined) =>
  token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('offset:', ''));

/** A slice with the token of the next one. */
export function slice<T>(rows: readonly T[], size: number, token: string | undefined) {
  const from = offsetOf(token);
  const more = from + size < rows.length;
  return { rows: rows.slice(from, from + size), ...(more ? { nextPageToken: tokenOf(from + size) } : {}) };
}

/** The same number for the same thing on the same day, between 0 and 1: demo data that does not jump when it is read again. */
export function wobble(...parts: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const letter of parts.join('|')) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  // The upper bits of a product carry more of what came in.
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** Every day from one to the other, newest first. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(to); at >= Date.parse(from); at -= 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
