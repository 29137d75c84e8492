import { expiresAt } from '@astrix/contract';
import type { Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { hmacSha256, sha256 } from '../../platform/crypto/index.ts';
import { txNow, withSystem } from '../../platform/db/index.ts';
import type { Ctx, HandlersFor } from '../../platform/http/index.ts';
import { verify } from '../../platform/signatures/index.ts';
import { OWNER_CALLBACKS } from '../../providers/registry.ts';
import type { OwnerEvent } from './events.ts';
import { takeEffect } from './once.ts';

export type CallbackDeps = Pick<Services, 'db' | 'log' | 'metrics' | 'vault' | 'emit' | 'installation'>;

type Callbacks = HandlersFor<
  'webhooks.meta-deauthorize' | 'webhooks.meta-data-deletion' | 'webhooks.data-deletion-status'
>;

type Called = { readonly event: OwnerEvent; readonly digest: string };

const shown = (at: Date) => at.toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');

/**
 * What Meta demands of every app: a person can remove it and have their data deleted (WH-14). Each call is one transaction and is answered when
 * that is committed; a copy of the call does nothing more.
 */
export function ownerCallbackHandlers(deps: CallbackDeps): Callbacks {
  const { db, log, metrics, vault, emit, installation } = deps;

  function demand(app: keyof typeof OWNER_CALLBACKS, ctx: Ctx<'webhooks.meta-deauthorize'>): Called {
    const { rawBody, headers, requestId } = ctx;
    const { scheme, read } = OWNER_CALLBACKS[app];
    const count = (outcome: string) => metrics.webhooks.inc({ provider: app, outcome });
    const secrets = installation.appSecretsFor(app);
    const verdict = verify(scheme, { rawBody, headers, secrets, now: db.clock.now() });
    const missing = !verdict.ok && verdict.fault === 'secret_missing';
    if (missing) log.error('webhook without a secret', { provider: app });
    const called = verdict.ok && verdict.verified ? read(verdict.content, installation.appFor(app)?.id ?? null) : null;
    if (!verdict.ok || !verdict.verified || called === null) {
      const refusal = missing ? 'secret_missing' : 'signature_invalid';
      count(refusal);
      return fail(refusal);
    }
    count('stored');
    return {
      event: { app, ownerId: called.userId, at: called.issuedAt, requestId },
      digest: sha256(verdict.content).toString('hex'),
    };
  }

  return {
    async 'webhooks.meta-deauthorize'(ctx) {
      const { event, digest } = demand('meta', ctx);
      await withSystem(db, 'webhook-process', async tx => {
        if (await takeEffect(tx, { provider: event.app, natural_key: `deauthorize/${digest}` }))
          await emit(tx, 'webhook.deauthorized', event);
      });
      return { received: true };
    },

    async 'webhooks.meta-data-deletion'(ctx) {
      const { event, digest } = demand('meta', ctx);
      // Derived from the request, so that a copy gets the same answer; without the key of the vault nobody can make one.
      const code = hmacSha256(vault.namedKey('webhook/v1'), `deletion\0${digest}`).toString('base64url').slice(0, 32);
      await withSystem(db, 'webhook-process', async tx => {
        const now = txNow(tx);
        const first = await tx
          .insertInto('webhook_deletions')
          .values({
            code_hash: sha256(code),
            provider: event.app,
            received_at: now,
            done_at: now,
            expires_at: expiresAt('security-audit', now),
          })
          .onConflict(conflict => conflict.doNothing())
          .returning('provider')
          .executeTakeFirst();
        if (first) await emit(tx, 'webhook.deletion-requested', event);
      });
      return { url: `${installation.publicUrl()}/data-deletion/${code}`, confirmation_code: code };
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
        ? `Done ${shown(row.done_at)}: what was kept through this sign-in is deleted.`
        : 'Not done yet.';
      return `Your request to delete data was received ${shown(row.received_at)}.\n${end}\n`;
    },
  };
}
