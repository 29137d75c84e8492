import type { ProviderId } from '@astrix/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { PROVIDERS } from '../src/providers/registry.ts';
import { HOSTILE } from './hostile.ts';
import type { Providers } from './providers.ts';

const KINDS = ['none', ...HOSTILE.map(({ id }) => id)];
const Fault = z.strictObject({
  kind: z.enum(KINDS, { error: `kind must be one of ${KINDS.join(', ')}` }),
  times: z
    .int('times must be a whole number')
    .min(1, 'times must be at least 1')
    .max(1000, 'times must be at most 1000')
    .default(1),
});
const Nothing = z.strictObject({});

const wrong = (error: z.ZodError) => ({ error: `${error.issues.map(({ message }) => message).join('; ')}.` });

/** One provider as the page and the journeys see it. */
export type ProviderPanel = {
  readonly id: ProviderId;
  readonly name: string;
  readonly hint: string;
  readonly connects: 'consent' | 'key';
  /** Consents that live, or keys that were accepted. */
  readonly granted: number;
  readonly asked: number;
  readonly fault: { readonly kind: string; readonly times: number };
};

/** What a person or a journey can do to a provider: see it, revoke what it granted, let it misbehave. */
export function serveControl(app: FastifyInstance, providers: Providers): () => readonly ProviderPanel[] {
  const ids = Object.keys(providers.hints) as ProviderId[];
  const shown = (id: ProviderId): ProviderPanel => ({
    id,
    name: PROVIDERS[id].manifest.name,
    hint: providers.hints[id] ?? '',
    connects: PROVIDERS[id].manifest.auth.kind === 'key' ? 'key' : 'consent',
    granted: providers.misbehaviour.granted(id),
    asked: providers.asked.filter(({ provider }) => provider === id).length,
    fault: providers.misbehaviour.current(id),
  });
  const known = (id: string): ProviderId | null => ids.find(one => one === id) ?? null;
  const unknown = (id: string) => ({ error: `There is no provider called ${id}. Known: ${ids.join(', ')}.` });

  app.get('/_sandbox/providers', async () => ({ providers: ids.map(shown) }));
  app.put<{ Params: { id: string } }>('/_sandbox/providers/:id/fault', async (request, reply) => {
    const id = known(request.params.id);
    if (id === null) return reply.code(404).send(unknown(request.params.id));
    const parsed = Fault.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send(wrong(parsed.error));
    providers.misbehaviour.set(id, parsed.data);
    return shown(id);
  });
  // A body of JSON, so that no page of somebody else can do it: a browser asks first.
  app.post<{ Params: { id: string } }>('/_sandbox/providers/:id/revoke', async (request, reply) => {
    const id = known(request.params.id);
    if (id === null) return reply.code(404).send(unknown(request.params.id));
    const parsed = Nothing.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send({ error: 'The body must be an empty JSON object: {}.' });
    return { ...shown(id), revoked: providers.misbehaviour.revoke(id), granted: 0 };
  });
  return () => ids.map(shown);
}
