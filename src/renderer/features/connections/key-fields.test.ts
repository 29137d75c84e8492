import type { KeyField } from '@astrix/contract';
import { expect, test } from 'vitest';
import { faultOf, filled } from './key-fields.ts';

const field = (more: Partial<KeyField> = {}): KeyField => ({
  name: 'secretKey',
  label: 'Restricted key',
  kind: 'secret',
  help: '',
  pattern: 'rk_(live|test)_[A-Za-z0-9]+',
  rule: 'must begin with rk_live_ or rk_test_',
  maxLength: 40,
  required: true,
  options: [],
  ...more,
});

test('a key that fits its pattern may be sent, with the spaces that pasting brings', () => {
  expect(faultOf(field(), ' rk_test_1a2B\n')).toBeNull();
  expect(filled([field()], { secretKey: ' rk_test_1a2B\n', other: 'x' })).toEqual({ secretKey: 'rk_test_1a2B' });
});

test('what is wrong is said in the words of the manifest', () => {
  expect(faultOf(field(), '')).toBe('Restricted key is required.');
  expect(faultOf(field(), '   ')).toBe('Restricted key is required.');
  expect(faultOf(field(), 'sk_live_1')).toBe('Restricted key must begin with rk_live_ or rk_test_.');
  expect(faultOf(field(), `rk_test_${'x'.repeat(40)}`)).toBe('Restricted key is longer than 40 characters.');
});

test('the pattern is for the whole value, alternatives included', () => {
  expect(faultOf(field({ pattern: 'a|b' }), 'ab')).not.toBeNull();
  expect(faultOf(field({ pattern: '^a$' }), 'a')).toBeNull();
  expect(faultOf(field(), 'x rk_test_1')).not.toBeNull();
});

test('a field that may be empty is not sent when it is, and a pattern that cannot be read is left to the server', () => {
  const optional = field({ required: false });
  expect(faultOf(optional, '')).toBeNull();
  expect(filled([optional], { secretKey: '  ' })).toEqual({});
  expect(faultOf(field({ pattern: '(' }), 'anything')).toBeNull();
});

test('of a list only what stands in it', () => {
  const choice = field({ kind: 'choice', pattern: '', options: [{ value: 'in', label: 'India' }] });
  expect(faultOf(choice, 'in')).toBeNull();
  expect(faultOf(choice, 'us')).toBe('Choose an option.');
});
