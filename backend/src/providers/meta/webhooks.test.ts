import { expect, test } from 'vitest';
import { META_DELIVERIES } from './webhooks.ts';

test('WH-13: the handshake echoes digits and nothing else', () => {
  const { handshake } = META_DELIVERIES;
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 't', 'hub.challenge': '42' };
  expect(handshake('t', query)).toBe('42');
  for (const wrong of ['', '4 2', '<b>', ['42'], 42, null])
    expect(handshake('t', { ...query, 'hub.challenge': wrong })).toBeNull();
  expect(handshake('', { ...query, 'hub.verify_token': undefined })).toBeNull();
});
