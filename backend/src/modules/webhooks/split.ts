import type { ProviderId } from '@astrix/contract';
import { sha256 } from '../../platform/crypto/index.ts';
import { unknownEvent } from '../../providers/messaging.ts';
import type { Account, HookEvent, Provider } from '../../providers/provider.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import type { ProviderChange } from './events.ts';
import type { Topic } from './tables.ts';

/** What is needed of a stored delivery to split it. */
export type Delivery = {
  readonly provider: string;
  readonly connection_id: string | null;
  readonly received_at: Date;
  readonly body: Buffer;
};

/** An event as it is stored. */
export type Split = {
  readonly topic: Topic;
  readonly accountId: string | null;
  readonly businessId: string | null;
  /** Events of one entity are never processed at the same time. */
  readonly entity: string;
  readonly kind: string;
  /** The same for every copy, within one provider. Characters that PostgreSQL can store. */
  readonly naturalKey: string;
  readonly payload: object;
};

const hex = (text: string | Buffer): string => sha256(text).toString('hex');
/** Characters that every column and log can hold. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);

const providerOf = (id: string): Provider | null => (Object.hasOwn(PROVIDERS, id) ? PROVIDERS[id as ProviderId] : null);

/**
 * Every event of a delivery. The body is parsed here, once, and each part of the provider's registry entry takes its own events from it. Never
 * throws: a delivery that cannot be read must not keep the others waiting, and becomes an event that is dead-lettered.
 */
export function split(delivery: Delivery, account: Pick<Account, 'settings'> | null): readonly Split[] {
  const provider = providerOf(delivery.provider);
  if (!provider?.webhook) return [unreadable(provider, delivery, 'a provider that has no webhooks')];
  try {
    const body: unknown = JSON.parse(delivery.body.toString('utf8'));
    const events = [
      ...(provider.webhook.events?.(body, delivery.received_at, account) ?? []).map(event => changed(delivery, event)),
      ...(provider.messaging?.split(body, delivery.received_at) ?? []).map(
        ({ event, ...about }): Split => ({ ...about, topic: 'inbound', kind: event.kind, payload: event }),
      ),
    ];
    return events.length > 0 ? events : [unreadable(provider, delivery, 'a delivery of a kind that is not known')];
  } catch {
    // JSON that is nested deeply enough can be parsed and not be written again: it ends here as well.
    return [unreadable(provider, delivery, 'a delivery that cannot be read')];
  }
}

function changed({ connection_id }: Delivery, { naturalKey, accountId, change }: HookEvent): Split {
  // An account id with other characters finds its connection by no id at all.
  const account = accountId === null ? null : plain(accountId) === accountId ? accountId : hex(accountId);
  const payload: ProviderChange = change.kind === 'nothing' ? { ...change, why: plain(change.why) } : change;
  return {
    topic: 'change',
    accountId: account,
    businessId: null,
    entity: connection_id ?? account ?? '',
    kind: change.kind,
    naturalKey: `${connection_id ?? hex(accountId ?? '')}/${hex(naturalKey)}`,
    payload,
  };
}

/** What customers wrote exists nowhere else, so its text is kept; a change can be read through the API, so only its size is. */
function unreadable(provider: Provider | null, { connection_id, body }: Delivery, why: string): Split {
  if (provider?.messaging) {
    const { event, ...about } = unknownEvent(why, body.toString('utf8'));
    return { ...about, topic: 'inbound', kind: event.kind, payload: event };
  }
  const payload: ProviderChange = { kind: 'unknown', why, bytes: body.length };
  return {
    topic: 'change',
    accountId: null,
    businessId: null,
    entity: connection_id ?? '',
    kind: 'unknown',
    naturalKey: `${connection_id ?? ''}/unreadable/${hex(body)}`,
    payload,
  };
}
