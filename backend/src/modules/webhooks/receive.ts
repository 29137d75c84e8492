import type { ProviderId } from '@astrix/contract';
import type { Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { withSystem } from '../../platform/db/index.ts';
import type { Ctx, HandlersFor } from '../../platform/http/index.ts';
import { type Verdict, verify } from '../../platform/signatures/index.ts';
import type { ProviderWebhook } from '../../providers/provider.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import type { Delivery, Ingest } from './ingest.ts';

export type ReceiveDeps = Pick<Services, 'db' | 'log' | 'metrics' | 'ports' | 'installation'>;

type Receiving = HandlersFor<
  'webhooks.whatsapp-verify' | 'webhooks.whatsapp' | 'webhooks.app-verify' | 'webhooks.app' | 'webhooks.connection'
>;

type AppWebhook = Extract<ProviderWebhook, { readonly of: 'app' }>;

/** How a provider delivers to the one address of its app. Answers as if the address did not exist where it does not. */
function appWebhookOf(provider: string): AppWebhook {
  const webhook = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider as ProviderId].webhook : undefined;
  return webhook?.of === 'app' ? webhook : fail('not_found');
}

/** Verifies on the raw bytes, stores durably, and only then acknowledges: the one way in for every provider. */
export function receiveHandlers(deps: ReceiveDeps, ingest: Ingest): Receiving {
  const { db, log, metrics, ports, installation } = deps;

  /** The caller learns only that it was refused; the fault is counted. */
  function refuse(provider: string, fault: string): never {
    const refusal = fault === 'secret_missing' ? 'secret_missing' : 'signature_invalid';
    metrics.webhooks.inc({ provider, outcome: refusal });
    if (refusal === 'secret_missing') log.error('webhook without a secret', { provider });
    fail(refusal);
  }

  async function take(from: Pick<Delivery, 'provider' | 'connectionId'>, verdict: Verdict) {
    if (!verdict.ok) return refuse(from.provider, verdict.fault);
    // An unsigned body can be a hint about a change; it can never say what a customer wrote (WH-06).
    if (!verdict.verified && PROVIDERS[from.provider].messaging) return refuse(from.provider, 'signature');
    const body = verdict.verified ? verdict.content : verdict.hint;
    await ingest.store({ ...from, verified: verdict.verified, body });
    metrics.webhooks.inc({ provider: from.provider, outcome: 'stored' });
    return { received: true as const };
  }

  /** Null for an app without an id, and for a scheme that names no audience. */
  const audienceOf = (app: string): { readonly audience?: string } => {
    const id = installation.appFor(app)?.id;
    return id === undefined ? {} : { audience: id };
  };

  function answerHandshake(provider: string, query: Readonly<Record<string, unknown>>): string {
    const { app, handshake } = appWebhookOf(provider);
    if (!handshake) return fail('not_found');
    const verifyToken = installation.verifyTokenFor(app) ?? fail('secret_missing');
    return handshake(verifyToken.reveal(), query) ?? fail('webhook_refused');
  }

  function receiveOfApp(provider: string, { rawBody, headers }: Pick<Ctx<'webhooks.app'>, 'rawBody' | 'headers'>) {
    const { app, scheme } = appWebhookOf(provider);
    const secrets = installation.appSecretsFor(app);
    const verdict = verify(scheme, { rawBody, headers, secrets, now: db.clock.now(), ...audienceOf(app) });
    return take({ provider: provider as ProviderId, connectionId: null }, verdict);
  }

  return {
    'webhooks.app-verify': async ({ params, query }) => answerHandshake(params.provider, query),
    'webhooks.app': ({ params, ...ctx }) => receiveOfApp(params.provider, ctx),

    // Apps that were registered before every provider had the same address deliver here.
    'webhooks.whatsapp-verify': async ({ query }) => answerHandshake('whatsapp', query),
    'webhooks.whatsapp': ctx => receiveOfApp('whatsapp', ctx),

    async 'webhooks.connection'({ params, rawBody, headers }) {
      const called = await withSystem(db, 'webhook-ingest', tx => ports.findCalledAddress(tx, params.endpoint));
      // Answered like a wrong signature: whoever guesses addresses learns nothing.
      if (called === null) return refuse('unknown', 'address');
      const { provider, connectionId, webhook, secrets, urlSecrets, live } = called;
      const { auth } = PROVIDERS[provider].manifest;
      const verdict = verify(webhook.scheme, {
        rawBody,
        headers,
        secrets,
        urlToken: params.endpoint,
        urlSecrets,
        now: db.clock.now(),
        ...(live === null ? {} : { live }),
        ...(auth.kind === 'oauth2' ? audienceOf(auth.app) : {}),
      });
      return take({ provider, connectionId }, verdict);
    },
  };
}
