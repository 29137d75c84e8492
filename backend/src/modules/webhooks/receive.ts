import { fail } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import { type Db, withSystem } from '../../platform/db/index.ts';
import type { HandlersFor } from '../../platform/http/index.ts';
import { type Verdict, verify } from '../../platform/signatures/index.ts';
import type { Log, Metrics } from '../../platform/telemetry/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import { META_DELIVERIES } from '../../providers/meta/webhooks.ts';
import type { ProviderWebhook } from '../../providers/provider.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { findEndpoint } from '../connections/index.ts';
import { webhookOf } from './hooks.ts';
import type { Delivery, Ingest } from './ingest.ts';

export type ReceiveDeps = {
  readonly db: Db;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly vault: Vault;
  /** Live app secrets; none refuses every delivery (WH-04). */
  readonly appSecrets: readonly Secret[];
  /** The same for the apps of other providers, by their names in the manifests. */
  readonly appSecretsFor: (name: string) => readonly Secret[];
  readonly appFor: (name: string) => { readonly id: string } | null;
  readonly verifyToken: Secret | null;
};

type Receiving = HandlersFor<
  'webhooks.whatsapp-verify' | 'webhooks.whatsapp' | 'webhooks.app-verify' | 'webhooks.app' | 'webhooks.connection'
>;

/** The app of a provider that has one address for all accounts. */
function appWebhook(provider: string): { readonly webhook: ProviderWebhook; readonly app: string } {
  const webhook = webhookOf(provider);
  if (webhook?.of !== 'app') return fail('not_found');
  const { auth } = PROVIDERS[provider as keyof typeof PROVIDERS].manifest;
  return auth.kind === 'oauth2' ? { webhook, app: auth.app } : fail('not_found');
}

/** Verify on raw bytes, store durably, and only then acknowledge: the one way in for all of them. */
export function receiveHandlers(deps: ReceiveDeps, ingest: Ingest): Receiving {
  const { db, log, metrics, vault, appSecrets, appSecretsFor, appFor } = deps;

  /** The caller learns only that it was refused; what was wrong is counted. */
  function refuse(provider: string, fault: 'secret_missing' | string): never {
    const refusal = fault === 'secret_missing' ? 'secret_missing' : 'signature_invalid';
    metrics.webhooks.inc({ provider, outcome: refusal });
    if (refusal === 'secret_missing') log.error('webhook without a secret', { provider });
    fail(refusal);
  }

  async function take(from: Pick<Delivery, 'provider' | 'connectionId'>, verdict: Verdict) {
    if (!verdict.ok) return refuse(from.provider, verdict.fault);
    const body = verdict.verified ? verdict.content : verdict.hint;
    await ingest.store({ ...from, verified: verdict.verified, body });
    metrics.webhooks.inc({ provider: from.provider, outcome: 'stored' });
    return { received: true as const };
  }

  return {
    async 'webhooks.whatsapp-verify'({ query }) {
      if (deps.verifyToken === null) fail('secret_missing');
      return META_DELIVERIES.handshake(deps.verifyToken.reveal(), query) ?? fail('webhook_refused');
    },

    async 'webhooks.whatsapp'({ rawBody, headers }) {
      const verdict = verify(META_DELIVERIES.scheme, { rawBody, headers, secrets: appSecrets, now: db.clock.now() });
      if (verdict.ok && !verdict.verified) refuse('whatsapp', 'signature');
      return take({ provider: 'whatsapp', connectionId: null }, verdict);
    },

    async 'webhooks.app-verify'({ params, query }) {
      const { handshake } = appWebhook(params.provider).webhook;
      if (!handshake) return fail('not_found');
      if (deps.verifyToken === null) fail('secret_missing');
      return handshake(deps.verifyToken.reveal(), query) ?? fail('webhook_refused');
    },

    async 'webhooks.app'({ params, rawBody, headers }) {
      const { webhook, app } = appWebhook(params.provider);
      const audience = appFor(app)?.id;
      const verdict = verify(webhook.scheme, {
        rawBody,
        headers,
        secrets: appSecretsFor(app),
        now: db.clock.now(),
        ...(audience === undefined ? {} : { audience }),
      });
      return take({ provider: params.provider, connectionId: null }, verdict);
    },

    async 'webhooks.connection'({ params, rawBody, headers }) {
      const endpoint = await withSystem(db, 'webhook-ingest', tx =>
        findEndpoint(tx, { vault, appSecretsFor }, params.endpoint),
      );
      // Like a wrong signature: who guesses addresses learns nothing.
      if (endpoint === null) return refuse('unknown', 'address');
      const { connection, webhook, secrets, urlSecrets, live } = endpoint;
      const { auth } = PROVIDERS[connection.provider as keyof typeof PROVIDERS].manifest;
      const audience = auth.kind === 'oauth2' ? appFor(auth.app)?.id : undefined;
      const verdict = verify(webhook.scheme, {
        rawBody,
        headers,
        secrets,
        urlToken: params.endpoint,
        urlSecrets,
        now: db.clock.now(),
        ...(live === null ? {} : { live }),
        ...(audience === undefined ? {} : { audience }),
      });
      return take({ provider: connection.provider, connectionId: connection.id }, verdict);
    },
  };
}
