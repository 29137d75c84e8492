import { Capability, type ProviderId } from '@astrix/contract';
import { z } from 'zod';
import { sha256 } from '../../platform/crypto/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { HookEvent, ProviderWebhook } from '../../providers/provider.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { applyChange, findHooked, recordReceived } from '../connections/index.ts';
import type { Applied } from '../conversations/index.ts';
import { takeEffect } from './effects.ts';
import type { Exploded, PendingEvent, Source, StoredDelivery } from './sources.ts';

/** What is kept of an event: what it means, and nothing that somebody wrote. */
const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), capability: Capability }),
  z.object({ kind: z.literal('revoked') }),
  z.object({ kind: z.literal('nothing'), why: z.string() }),
  /** The truth can be asked for, so the body of what cannot be read is not kept: it may name somebody's customers. */
  z.object({ kind: z.literal('unknown'), why: z.string(), bytes: z.int() }),
]);

const hex = (text: string | Buffer): string => sha256(text).toString('hex');
/** Letters that every column and log can keep. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);

export const webhookOf = (provider: string): ProviderWebhook | null =>
  Object.hasOwn(PROVIDERS, provider) ? (PROVIDERS[provider as ProviderId].webhook ?? null) : null;

const dead = (reason: string): Applied => ({ outcome: 'dead', reason });
const GONE = 'a connection that is not there any more';
const NOBODYS = 'an account that no client has connected';
const FOREIGN = 'an account other than the connected one';

function exploded(delivery: StoredDelivery, { naturalKey, accountId, change }: HookEvent): Exploded {
  const { provider, connection_id } = delivery;
  // Found by what it is, or by nobody.
  const account = accountId === null ? null : plain(accountId) === accountId ? accountId : hex(accountId);
  return {
    accountId: account,
    businessId: null,
    entity: connection_id ?? `${provider}/${account ?? ''}`,
    kind: change.kind,
    naturalKey: `${connection_id ?? hex(accountId ?? '')}/${hex(naturalKey)}`,
    payload: change.kind === 'nothing' ? { ...change, why: plain(change.why) } : change,
  };
}

const unreadable = (delivery: StoredDelivery, why: string): Exploded => ({
  accountId: null,
  businessId: null,
  entity: delivery.connection_id ?? delivery.provider,
  kind: 'unknown',
  naturalKey: `${delivery.connection_id ?? ''}/unreadable/${hex(delivery.body)}`,
  payload: { kind: 'unknown', why, bytes: delivery.body.length },
});

/** The connection that an address belongs to; what an app's event concerns depends on the event. */
const find = (tx: SystemTx, event: Pick<PendingEvent, 'provider' | 'connection_id' | 'account_id'>) =>
  findHooked(tx, { provider: event.provider, connectionId: event.connection_id, accountId: event.account_id });

/** Providers whose events say that something has changed, and never what (WH-06). */
export const hookSource: Source = {
  topic: 'change',
  async explode(tx, delivery) {
    const webhook = webhookOf(delivery.provider);
    if (webhook === null) return [unreadable(delivery, 'a provider that has no webhooks')];
    const [row] = delivery.connection_id === null ? [] : await find(tx, { ...delivery, account_id: null });
    const account = row ? { settings: accountSettings(row.settings) } : null;
    try {
      const body: unknown = JSON.parse(delivery.body.toString('utf8'));
      const events = webhook.events(body, delivery.received_at, account);
      if (events.length > 0) return events.map(event => exploded(delivery, event));
    } catch {
      return [unreadable(delivery, 'a delivery that cannot be read')];
    }
    return [unreadable(delivery, 'a delivery of a kind that is not known')];
  },

  async apply(tx, event) {
    const change = Change.parse(event.payload);
    if (change.kind === 'unknown') return dead(change.why);
    const about = event.connection_id ?? event.account_id;
    if (about === null && change.kind === 'nothing') return { outcome: 'nothing-new' };
    const rows = await find(tx, event);
    if (rows.length === 0) return dead(event.connection_id === null ? NOBODYS : GONE);
    // The address says whose it is; an event about somebody else changes nothing, there or here (WH-12).
    if (event.account_id !== null && rows.some(row => row.account_id !== event.account_id)) return dead(FOREIGN);
    if (!(await takeEffect(tx, event))) return { outcome: 'nothing-new' };
    for (const row of rows) {
      if (event.verified) await recordReceived(tx, row);
      await applyChange(tx, row, change, event.verified);
    }
    return { outcome: 'applied' };
  },

  async whose(tx, event) {
    const rows = await find(tx, event);
    // Of an account that several have connected it is nobody's alone.
    const [row] = rows;
    return row && rows.length === 1 ? { agencyId: row.agency_id, clientId: row.client_id } : null;
  },
};

const Settings = z.object({ account: z.record(z.string(), z.string()).catch({}) }).catch({ account: {} });
const accountSettings = (settings: unknown) => Settings.parse(settings).account;
