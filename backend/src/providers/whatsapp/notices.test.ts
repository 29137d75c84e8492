import { expect, test } from 'vitest';
import { noticeOf } from './notices.ts';

const CASES: readonly (readonly [string, string, object, object])[] = [
  [
    'a ban that is announced',
    'account_update',
    {
      event: 'DISABLED_UPDATE',
      ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE', waba_ban_date: 'January 3, 2027' },
    },
    { topic: 'account', severity: 'warns', reason: 'WhatsApp will disable this business account on January 3, 2027.' },
  ],
  ['a ban', 'account_update', { ban_info: { waba_ban_state: ['DISABLE'] } }, { topic: 'account', severity: 'stops' }],
  [
    'its end',
    'account_update',
    { ban_info: { waba_ban_state: 'REINSTATE' } },
    { severity: 'tells', ends: ['account', 'restriction'] },
  ],
  [
    'a restriction of answers',
    'account_update',
    {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [{ restriction_type: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING', expiration: '1780000000' }],
    },
    { topic: 'restriction', severity: 'stops', until: '2026-05-28T20:26:40.000Z' },
  ],
  [
    'a restriction of first messages',
    'account_update',
    { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }] },
    { severity: 'warns', until: null },
  ],
  [
    'a flagged number',
    'phone_number_quality_update',
    { event: 'FLAGGED', current_limit: 'TIER_1K' },
    { topic: 'quality', severity: 'warns' },
  ],
  [
    'a higher limit',
    'business_capability_update',
    { max_daily_conversations_per_business: 2000 },
    { topic: 'limit', reason: 'Customers who may be written to first in a day: 2000.' },
  ],
  [
    'a template that was refused',
    'message_template_status_update',
    { event: 'REJECTED', message_template_name: 'diwali', message_template_language: 'hi', reason: 'INVALID_FORMAT' },
    { topic: 'template', severity: 'warns', reason: 'The template «diwali» (hi) is rejected: invalid format.' },
  ],
  [
    'a field of tomorrow',
    'moon_phase_update',
    { phase: { name: 'Full moon', seen_by: '919876543210' } },
    {
      topic: 'other',
      severity: 'tells',
      reason: 'WhatsApp says about this account (moon phase update): Full moon · ••••• •3210',
    },
  ],
];
test.each(CASES)('%s', (_, field, about, expected) => {
  expect(noticeOf(field, about as never)).toMatchObject(expected);
});
