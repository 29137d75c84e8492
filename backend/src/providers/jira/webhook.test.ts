import { describe, expect, it, test } from 'vitest';
import { hookEvents } from './webhook.ts';

describe('WH-08: a delivery of Jira', () => {
  const at = new Date();
  const DELIVERY = {
    timestamp: 1_780_000_000_123,
    webhookEvent: 'jira:issue_updated',
    issue_event_type_name: 'issue_generic',
    user: { accountId: '5b10a2844c20165700ede21g' },
    issue: { id: '10002', key: 'CK-1', fields: { summary: 'Diwali landing page' } },
    changelog: { id: '10124', items: [{ field: 'status', fromString: 'To Do', toString: 'Done' }] },
    matchedWebhookIds: [1],
  };
  const event = (over: object) => hookEvents({ ...DELIVERY, ...over }, at)[0];

  it('has the same key whenever it comes, and says nothing about which site', () => {
    const first = event({});
    expect(first).toEqual({
      naturalKey: 'jira:issue_updated|10002|1780000000123',
      accountId: null,
      change: { kind: 'changed', capability: 'tasks' },
    });
    expect(event({ matchedWebhookIds: [2] })?.naturalKey).toBe(first?.naturalKey);
    expect(event({ timestamp: DELIVERY.timestamp + 1 })?.naturalKey).not.toBe(first?.naturalKey);
    expect(event({ issue: { id: '10003' } })?.naturalKey).not.toBe(first?.naturalKey);
  });

  test.each([
    ['jira:issue_created', 'changed'],
    ['jira:issue_deleted', 'changed'],
    ['comment_created', 'nothing'],
    ['jira:version_released', 'nothing'],
  ])('%s means %s', (webhookEvent, kind) => {
    expect(event({ webhookEvent })?.change).toMatchObject({ kind });
  });

  it('about no issue changes nothing', () => {
    expect(event({ issue: undefined })?.change).toMatchObject({ kind: 'nothing' });
  });

  test.each([null, 'x', [], {}, { ...DELIVERY, timestamp: '1' }, { ...DELIVERY, issue: { id: 'CK-1' } }])(
    'in another form is nothing of ours: %#',
    body => {
      expect(hookEvents(body, at)).toEqual([]);
    },
  );
});
