import { expect, test } from 'vitest';
import type { InboundEvent, InboundEventOf } from '../../providers/messaging.ts';
import { consentInEvent } from './consent-in-event.ts';

const message = (change: Partial<InboundEventOf<'message'>>): InboundEvent => ({
  kind: 'message',
  origin: 'customer',
  content: [],
  providerId: 'wamid.1',
  sentAt: '2026-11-20T06:30:00.000Z',
  from: { phone: '919810000001', userId: null, name: 'Asha' },
  messageKind: 'text',
  text: '',
  media: null,
  replyTo: null,
  ...change,
});
const tapped = (text: string, payload: string) =>
  message({ messageKind: 'button', text, content: [{ kind: 'payload', payload }] });
const ALL = { wants: 'stop', scope: 'all', certainty: 'certain' };
const PROMOTIONS = { ...ALL, scope: 'promotions' };
const LIKELY = { ...ALL, certainty: 'likely' };

test.each<[string, InboundEvent, object | null]>([
  ['a text', message({ text: 'stop' }), ALL],
  ['a button', message({ messageKind: 'button', text: 'Stop promotions' }), PROMOTIONS],
  ['the payload of a button', tapped('No thanks', 'STOP'), ALL],
  ['a payload as a developer names it', tapped('No thanks', 'stopPromotions'), PROMOTIONS],
  ['a payload with the word for a button', tapped('No thanks', 'BTN_OPT_OUT_2'), ALL],
  ['a title, which comes before its payload', tapped('Stop promotions', 'STOP'), PROMOTIONS],
  ['a payload that stops something else', tapped('No thanks', 'STOP_ORDER_12'), null],
  ['a row of a list', message({ messageKind: 'interactive', text: 'Unsubscribe – No more messages from us' }), ALL],
  ['a row by its description', message({ messageKind: 'interactive', text: 'Leave – Stop all messages' }), ALL],
  ['a form', message({ messageKind: 'interactive', text: 'Filled in a form' }), null],
  ['a caption', message({ messageKind: 'image', text: 'stop' }), LIKELY],
  ['a caption that opts in', message({ messageKind: 'image', text: 'start' }), null],
  ['a sentence of ours', message({ messageKind: 'unsupported', text: 'stop' }), null],
  ['a changed text', { kind: 'edit', providerId: 'e', target: 'wamid.1', text: '*STOP* 🛑', editedAt: '' }, ALL],
  ['a text of the business on its own phone', message({ origin: 'phone', text: 'stop' }), null],
  [
    'a reaction',
    { kind: 'reaction', by: 'customer', providerId: 'r', target: 'wamid.1', emoji: '🛑', sentAt: '' },
    null,
  ],
])('ME-04: %s', (_, event, said) => {
  expect(consentInEvent(event)).toEqual(said);
});
