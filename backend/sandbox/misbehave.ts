import type { ProviderId } from '@astrix/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PROVIDERS } from '../src/providers/registry.ts';
import { type Behaviour, HOSTILE } from './hostile.ts';
import type { Imitation } from './imitation.ts';
import type { TokenBook } from './tokens.ts';

export type ProviderFault = { readonly kind: string; readonly times: number };
export const BEHAVES: ProviderFault = { kind: 'none', times: 0 };

export type Misbehaviour = {
  readonly set: (provider: ProviderId, fault: ProviderFault) => void;
  readonly current: (provider: ProviderId) => ProviderFault;
  /** Grants of consents, and keys that were accepted, end at the provider. How many those were. */
  readonly revoke: (provider: ProviderId) => number;
  /** Consents that live, or keys that were accepted. */
  readonly granted: (provider: ProviderId) => number;
  /** Whose request it is: several systems share a host. Null before anything tells. */
  readonly whose: (request: FastifyRequest) => ProviderId | null;
};

/** Where a credential may stand: of these headers, of the query and of a form. */
const HEADERS = ['authorization', 'x-amz-access-token'] as const;
const FIELDS = ['access_token', 'refresh_token', 'token', 'fb_exchange_token', 'code'] as const;
const bare = (header: unknown) => String(header ?? '').replace(/^(?:Bearer|Token) /, '');
const fieldsOf = (values: unknown) =>
  typeof values === 'object' && values !== null ? (values as Record<string, unknown>) : {};

const CURSORS = new Set(['after', 'pageToken', 'nextPageToken', 'paginationToken', 'starting_after', 'offset']);
const withoutCursor = (values: unknown) => Object.entries(fieldsOf(values)).filter(([name]) => !CURSORS.has(name));
/** What is asked for, whichever page of it. */
const pageOf = ({ method, url, query, body }: FastifyRequest) =>
  JSON.stringify([method, url.split('?')[0], withoutCursor(query), withoutCursor(body)]);

/** Lets each provider answer something else than it honestly would, for as many replies as somebody has said. */
export function createMisbehaviour(
  app: FastifyInstance,
  book: TokenBook,
  imitations: readonly Imitation[],
): Misbehaviour {
  const faults = new Map<ProviderId, { readonly behaviour: Behaviour; times: number }>();
  const keys = new Map<ProviderId, Set<string>>();
  const revoked = new Set<string>();
  const byHost = new Map<string, ProviderId[]>();
  for (const { provider } of imitations)
    for (const host of PROVIDERS[provider].manifest.hosts) byHost.set(host, [...(byHost.get(host) ?? []), provider]);
  const isKeyed = (provider: ProviderId) => PROVIDERS[provider].manifest.auth.kind === 'key';

  const credentialsOf = ({ headers, query, body }: FastifyRequest): string[] =>
    [
      ...HEADERS.map(name => bare(headers[name])),
      ...[query, body].flatMap(values => FIELDS.map(name => fieldsOf(values)[name])),
    ].filter((value): value is string => typeof value === 'string' && value !== '');

  const owners = new WeakMap<FastifyRequest, ProviderId>();
  /** Found out once: a code is used up by the request that brings it. */
  function whose(request: FastifyRequest): ProviderId | null {
    const owner = owners.get(request) ?? ownerOf(request);
    if (owner !== null) owners.set(request, owner);
    return owner;
  }
  function ownerOf(request: FastifyRequest): ProviderId | null {
    const here = byHost.get(request.headers.host ?? '') ?? [];
    if (here.length <= 1) return here[0] ?? null;
    const owner = credentialsOf(request)
      .map(book.ownerOf)
      .find(known => known !== null);
    return owner ?? here.find(isKeyed) ?? null;
  }

  function spoil({ headers, query, body }: FastifyRequest): void {
    for (const name of HEADERS)
      if (headers[name]) headers[name] = String(headers[name]).replace(/^((?:Bearer|Token) )?.*$/, '$1revoked');
    for (const values of [query, body])
      for (const name of FIELDS) if (fieldsOf(values)[name]) fieldsOf(values)[name] = 'revoked';
  }

  const lies = new WeakMap<FastifyRequest, Behaviour>();
  const kept = new Map<string, string>();
  app.addHook('preHandler', async (request, reply) => {
    const provider = whose(request);
    if (provider === null) return;
    if (credentialsOf(request).some(one => revoked.has(one))) spoil(request);
    const fault = faults.get(provider);
    if (!fault || fault.times <= 0) return;
    fault.times -= 1;
    if (fault.behaviour.spoils) spoil(request);
    else lies.set(request, fault.behaviour);
    const before = fault.behaviour.repeats ? kept.get(pageOf(request)) : undefined;
    if (before !== undefined) return reply.type('application/json').send(before);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const provider = whose(request);
    const key = bare(request.headers.authorization);
    if (provider && isKeyed(provider) && reply.statusCode < 300 && key)
      keys.set(provider, (keys.get(provider) ?? new Set()).add(key));
    const behaviour = lies.get(request);
    if (behaviour?.repeats && typeof payload === 'string') kept.set(pageOf(request), payload);
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = reply.getHeaders();
    const answer = behaviour?.tell({
      status: reply.statusCode,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: typeof payload === 'string' ? payload : '',
      url: request.url,
    });
    if (!answer) return done(null, payload);
    // From here on the socket is ours; the library is not told that the reply is over, and the connection ends with it.
    answer(request.raw.socket);
  });

  return {
    whose,
    set(provider, { kind, times }) {
      kept.clear();
      const behaviour = HOSTILE.find(({ id }) => id === kind);
      if (behaviour && times > 0) faults.set(provider, { behaviour, times });
      else faults.delete(provider);
    },
    current(provider) {
      const fault = faults.get(provider);
      return fault && fault.times > 0 ? { kind: fault.behaviour.id, times: fault.times } : BEHAVES;
    },
    granted: provider =>
      isKeyed(provider)
        ? (keys.get(provider)?.size ?? 0)
        : book.families().filter(family => family.provider === provider && !family.revoked).length,
    revoke(provider) {
      const known = keys.get(provider) ?? new Set();
      for (const key of known) revoked.add(key);
      keys.delete(provider);
      return known.size + book.revokeAll(provider);
    },
  };
}
