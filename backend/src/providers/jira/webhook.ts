import { z } from 'zod';
import { withoutNulls } from '../../kernel/without-nulls.ts';
import { Written } from '../fields.ts';
import type { HookEvent, ProviderWebhook } from '../provider.ts';

/** A delivery of a webhook that an administrator added, or of one that an app did. `timestamp` in milliseconds. */
const Delivery = z.object({
  timestamp: z.int().min(0),
  webhookEvent: z.string().regex(/^[a-z:_]{1,60}$/),
  issue: z.object({ id: Written.pipe(z.string().regex(/^\d{1,20}$/)) }).optional(),
});

const ISSUE = /^jira:issue_(?:created|updated|deleted)$/;

/**
 * One event in each delivery. It carries no id of its own (that stands in a header, and may differ between two webhooks of the same change),
 * so the issue, what happened and when are its key. The site is not named: the account is that of the address it came to.
 */
export function hookEvents(body: unknown, _receivedAt: Date): readonly HookEvent[] {
  const delivery = Delivery.safeParse(withoutNulls(body));
  if (!delivery.success) return [];
  const { webhookEvent, issue, timestamp } = delivery.data;
  const ofIssue = issue !== undefined && ISSUE.test(webhookEvent);
  return [
    {
      naturalKey: `${webhookEvent}|${issue?.id ?? ''}|${timestamp}`,
      accountId: null,
      change: ofIssue ? { kind: 'changed', capability: 'tasks' } : { kind: 'nothing', why: 'not-shown' },
    },
  ];
}

/**
 * A webhook that an administrator adds, with the secret that stands beside the address (WebSub): confirmed, does not end after 30 days, and
 * takes no scope, as one that an app registers would.
 */
export const jiraWebhook: ProviderWebhook = {
  scheme: { kind: 'hmac-body', header: 'x-hub-signature', prefix: 'sha256=', encoding: 'hex' },
  of: 'connection',
  secret: 'ours',
  events: hookEvents,
};
