import { expect, test } from 'vitest';
import { contacts } from './index.ts';

const [clientId, conversationId, contactId] = ['c', 'e', 'f'].map(
  digit => `01990000-0000-7000-8000-00000000000${digit}`,
) as [string, string, string];
const HINT_AT = '2026-11-20T06:30:00.000Z';
const NEWER = '2026-11-20T06:31:00.000Z';
const write = contacts.writes['answer-stop-hint'];
const meta = { createdAt: NEWER };
const row = { optedOut: false, marketingOptedOut: false, stopHint: { scope: 'all', at: HINT_AT } };
const args = (choice: string) => ({ clientId, conversationId, contactId, choice, hintAt: HINT_AT });

test.each([
  ['all', { optedOut: true, marketingOptedOut: false, stopHint: null }],
  ['promotions', { optedOut: false, marketingOptedOut: true, stopHint: null }],
  ['keep', { optedOut: false, marketingOptedOut: false, stopHint: null }],
])('ME-04: without a network, the answer «%s» is shown at once', (choice, shown) => {
  expect(write.args.safeParse(args(choice)).success).toBe(true);
  expect(write.overlay(row, args(choice), meta)).toEqual(shown);
  expect(write.request(args(choice), meta)).toEqual({ params: { contactId }, body: { choice, hintAt: HINT_AT } });
});

test('ME-04: a hint that is newer than the answer stays on the screen', () => {
  const newer = { ...row, stopHint: { scope: 'all', at: NEWER } };
  expect(write.overlay(newer, args('keep'), meta)).toEqual(newer);
});

test('a row that was kept before there were hints has none', () => {
  expect(write.overlay({ optedOut: false }, args('keep'), meta)).toMatchObject({ optedOut: false });
});
