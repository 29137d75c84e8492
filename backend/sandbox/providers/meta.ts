import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf, type Granted, type Stage } from '../imitation.ts';
import { SANDBOX_APP } from '../oauth.ts';

/** What the imitations of Meta's systems share. No provider of its own: it exports no imitation. */

const HOST = 'graph.facebook.com';
export const GRAPH = { constraints: { host: HOST } };
/** Written out here as well: an imitation that took it from the adapter would follow it into a mistake. */
export const graphPath = (path: string) => `/v26.0${path}`;

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest();

export type GraphQuery = Readonly<Record<string, string | undefined>>;
export type GraphCall = FastifyRequest<{ Querystring: GraphQuery; Params: { id: string } }>;

export const graphError = (code: number, message: string, subcode?: number) => ({
  error: {
    message: `(#${code}) ${message}`,
    type: code === 100 ? 'GraphMethodException' : 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    fbtrace_id: 'AsandboxTrace00000000',
  },
});

/** Graph answers 400 for nearly everything that it refuses. */
export const refuse = (reply: FastifyReply, code: number, message: string, subcode?: number, status = 400) =>
  reply.code(status).send(graphError(code, message, subcode));

export const notThere = (reply: FastifyReply, id: string) =>
  refuse(
    reply,
    100,
    `Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
    33,
  );

/** True when the call may go on; otherwise it is answered. Lists of the Graph are empty or refused by scope, as Meta does. */
export function admitted(stage: Stage, request: GraphCall, reply: FastifyReply, ...scopes: string[]): boolean {
  const token = bearerOf(request);
  const granted = stage.grantOf(token);
  if (!granted) {
    refuse(reply, 190, 'Error validating access token: The session has been invalidated or has expired.', 463);
    return false;
  }
  if (request.query.appsecret_proof !== hmac(SANDBOX_APP.secret, token!).toString('hex')) {
    refuse(reply, 100, 'Invalid appsecret_proof provided in the API argument');
    return false;
  }
  const missing = scopes.filter(scope => !granted.scopes.includes(scope));
  if (missing.length > 0) {
    refuse(
      reply,
      missing[0]?.startsWith('instagram') ? 10 : 200,
      `Requires ${missing.join(' or ')} permission`,
      undefined,
      403,
    );
    return false;
  }
  reply.header('x-app-usage', JSON.stringify({ call_count: 3, total_time: 2, total_cputime: 2 }));
  return true;
}

const cursor = (at: number) => Buffer.from(String(at)).toString('base64url');

/** One page with Graph's cursors. `most` rows come at once, whatever was asked for: short pages are legal. */
export function paged<R extends object>(rows: readonly R[], { url, query }: GraphCall, most: number) {
  const from = query.after ? Number(Buffer.from(query.after, 'base64url')) : 0;
  const to = Math.min(from + Math.min(Number(query.limit ?? 25), most), rows.length);
  const next = new URL(url, `https://${HOST}`);
  next.searchParams.set('after', cursor(to));
  return {
    data: rows.slice(from, to),
    ...(rows.length === 0
      ? {}
      : {
          paging: {
            cursors: { before: cursor(from), after: cursor(to) },
            ...(to < rows.length ? { next: next.href } : {}),
          },
        }),
  };
}

/** Only what was asked for, and the id; null when a field is asked for that nothing here has. */
export function picked<T extends object>(row: T, fields = '', known: readonly string[] = []): Partial<T> | null {
  const asked = fields.split(/,(?![^{(]*[})])/).map(field => field.split(/[.{(]/, 1)[0]!);
  if (!asked.every(name => name === '' || name in row || known.includes(name))) return null;
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => name === 'id' || asked.includes(name)),
  ) as Partial<T>;
}

const LONG_SECONDS = 60 * 86_400;

/** Log-in for the whole family: code for a token of an hour, that for one of 60 days, permissions and their end. */
export function serveGraphLogin(app: FastifyInstance, stage: Stage): void {
  /** Everybody here is the same person: taking the app from the account ends all of these. */
  const given = new Set<string>();
  const give = (granted: Granted, seconds: number) => {
    const { accessToken, expiresIn } = stage.issue(granted, seconds);
    given.add(accessToken);
    return { access_token: accessToken, token_type: 'bearer', expires_in: expiresIn };
  };
  app.get(graphPath('/oauth/access_token'), GRAPH, async (request, reply) => {
    const query = request.query as GraphQuery;
    if (query.client_id !== SANDBOX_APP.id || query.client_secret !== SANDBOX_APP.secret)
      return refuse(reply, 1, 'Error validating client secret.');
    if (query.grant_type === 'fb_exchange_token') {
      const granted = stage.grantOf(query.fb_exchange_token);
      if (!granted) return refuse(reply, 190, 'Error validating access token: Session has expired.', 463);
      return give(granted, LONG_SECONDS);
    }
    const granted = stage.redeem(query.code ?? '', { redirectUri: query.redirect_uri });
    if (!granted) return refuse(reply, 100, 'This authorization code has been used.', 36009);
    return give(granted, 3600);
  });
  app.get(graphPath('/me'), GRAPH, async (request, reply) =>
    admitted(stage, request as GraphCall, reply) ? { name: 'Kavita Deshpande', id: '10160000000000077' } : reply,
  );
  app.get(graphPath('/me/permissions'), GRAPH, async (request, reply) => {
    if (!admitted(stage, request as GraphCall, reply)) return reply;
    const { scopes } = stage.grantOf(bearerOf(request))!;
    return { data: ['public_profile', ...scopes].map(permission => ({ permission, status: 'granted' })) };
  });
  app.delete(graphPath('/me/permissions'), GRAPH, async (request, reply) => {
    if (!admitted(stage, request as GraphCall, reply)) return reply;
    for (const token of [bearerOf(request)!, ...given]) stage.revoke(token);
    given.clear();
    return { success: true };
  });
}

/** The same number for the same words, from 0 up to `most`, so that a second look shows what the first one did. */
export const steady = (words: string, most: number): number => hmac('demo', words).readUInt32BE(0) % (most + 1);
