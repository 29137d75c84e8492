import { expiresAt } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { AuditTrail } from '../../platform/audit/index.ts';
import { hmacSha256, sha256 } from '../../platform/crypto/index.ts';
import { type Db, txNow, withSystem } from '../../platform/db/index.ts';
import type { Ctx, HandlersFor } from '../../platform/http/index.ts';
import { verify } from '../../platform/signatures/index.ts';
import type { Log, Metrics } from '../../platform/telemetry/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import { META_CALLBACK, readCallback } from '../../providers/meta/callbacks.ts';
import { deauthorize, deleteData } from '../connections/index.ts';
import { takeEffect } from './effects.ts';

export type MetaDeps = {
  readonly db: Db;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly appSecretsFor: (name: string) => readonly Secret[];
  readonly appFor: (name: string) => { readonly id: string } | null;
  readonly publicUrl: () => string;
};

const APP = 'meta';
const said = (at: Date) => at.toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');

/** What Meta demands of every app (WH-14). Each call is one transaction, answered when it stands; a copy of it does nothing more. */
export function metaHandlers(
  deps: MetaDeps,
): HandlersFor<'webhooks.meta-deauthorize' | 'webhooks.meta-data-deletion' | 'webhooks.data-deletion-status'> {
  const { db, log, metrics, vault, audit } = deps;

  function demand({ rawBody, headers }: Pick<Ctx<'webhooks.meta-deauthorize'>, 'rawBody' | 'headers'>) {
    const outcome = (name: string) => metrics.webhooks.inc({ provider: APP, outcome: name });
    const verdict = verify(META_CALLBACK, {
      rawBody,
      headers,
      secrets: deps.appSecretsFor(APP),
      now: db.clock.now(),
    });
    const missing = !verdict.ok && verdict.fault === 'secret_missing';
    if (missing) log.error('webhook without a secret', { provider: APP });
    const called = verdict.ok && verdict.verified ? readCallback(verdict.content, deps.appFor(APP)?.id ?? null) : null;
    if (!verdict.ok || !verdict.verified || called === null) {
      outcome(missing ? 'secret_missing' : 'signature_invalid');
      return fail(missing ? 'secret_missing' : 'signature_invalid');
    }
    outcome('stored');
    const owner = { app: APP, ownerId: called.userId, at: called.issuedAt };
    return { owner, digest: sha256(verdict.content).toString('hex') };
  }

  return {
    async 'webhooks.meta-deauthorize'(ctx) {
      const { owner, digest } = demand(ctx);
      await withSystem(db, 'webhook-process', async tx => {
        if (await takeEffect(tx, { provider: APP, natural_key: `deauthorize/${digest}` }))
          await deauthorize(tx, { audit, requestId: ctx.requestId }, owner);
      });
      return { received: true };
    },

    async 'webhooks.meta-data-deletion'(ctx) {
      const { owner, digest } = demand(ctx);
      // Made of the request, so that a copy is answered alike; without the key of the vault nobody makes one.
      const code = hmacSha256(vault.kept('webhook/v1'), `deletion\0${digest}`).toString('base64url').slice(0, 32);
      await withSystem(db, 'webhook-process', async tx => {
        const now = txNow(tx);
        const first = await tx
          .insertInto('webhook_deletions')
          .values({
            code_hash: sha256(code),
            provider: APP,
            received_at: now,
            done_at: now,
            expires_at: expiresAt('security-audit', now),
          })
          .onConflict(conflict => conflict.doNothing())
          .returning('provider')
          .executeTakeFirst();
        if (first) await deleteData(tx, { audit, requestId: ctx.requestId, vault }, owner);
      });
      return { url: `${deps.publicUrl()}/data-deletion/${code}`, confirmation_code: code };
    },

    async 'webhooks.data-deletion-status'({ params }) {
      const row = await withSystem(db, 'webhook-process', tx =>
        tx
          .selectFrom('webhook_deletions')
          .select(['received_at', 'done_at'])
          .where('code_hash', '=', sha256(params.code))
          .where('expires_at', '>', txNow(tx))
          .executeTakeFirst(),
      );
      if (!row) return fail('not_found');
      const end = row.done_at
        ? `Done ${said(row.done_at)}: what was kept through this sign-in is deleted.`
        : 'Not done yet.';
      return `Your request to delete data was received ${said(row.received_at)}.\n${end}\n`;
    },
  };
}
