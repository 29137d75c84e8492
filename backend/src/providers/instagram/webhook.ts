import { sha256 } from '../../platform/crypto/index.ts';
import { clamp, type Json, object, objects } from '../json.ts';
import { META_DELIVERIES } from '../meta/webhooks.ts';
import type { HookEvent, ProviderWebhook } from '../provider.ts';

/** Fields whose events change what a read of posts brings. */
const POSTS = new Set(['comments', 'live_comments', 'mentions', 'story_insights']);

/** The number of what the event is about. Nothing that a person wrote is looked at. */
function subjectOf(value: Json): string {
  const named = value.id ?? value.comment_id ?? value.media_id;
  return typeof named === 'string' && /^\d{1,40}$/.test(named) ? named : sha256(JSON.stringify(value)).toString('hex');
}

/** Deliveries of the object `instagram`. Up to a thousand events come in one, in no order, and more than once. */
export function hookEvents(body: unknown, _receivedAt: Date): readonly HookEvent[] {
  const delivery = object(body);
  if (delivery?.object !== 'instagram') return [];
  return objects(delivery.entry).flatMap(entry => {
    const profile = typeof entry.id === 'string' && /^\d{1,40}$/.test(entry.id) ? entry.id : null;
    return objects(entry.changes).map((change): HookEvent => {
      const field = clamp(String(change.field), 60);
      const time = POSTS.has(field) ? '' : clamp(String(entry.time), 20);
      return {
        naturalKey: ['instagram', profile ?? '', field, subjectOf(object(change.value) ?? {}), time].join(':'),
        accountId: profile,
        change:
          POSTS.has(field) && profile !== null
            ? { kind: 'changed', capability: 'posts' }
            : { kind: 'nothing', why: `nothing is kept that an event of «${field}» would change` },
      };
    });
  });
}

export const instagramWebhook: ProviderWebhook = { ...META_DELIVERIES, events: hookEvents };
