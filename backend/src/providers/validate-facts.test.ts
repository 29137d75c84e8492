import { CAPABILITIES, CAPABILITY_NAMES, type FactOf } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { validateFacts } from './validate-facts.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');

const order = (id: string, over: Partial<FactOf<'orders'>> = {}): FactOf<'orders'> => ({
  id,
  number: id,
  status: 'shipped',
  fulfilment: null,
  placedAt: '2026-11-18T06:30:00.000Z',
  updatedAt: '2026-11-19T06:30:00.000Z',
  shipBy: null,
  items: 1,
  totalMinor: 129_900,
  currency: 'INR',
  ...over,
});

describe('EG-02: what a provider brought is split into rows that can be true and rows that cannot', () => {
  test('good rows pass unchanged, and a row that came twice alike is there once', () => {
    const rows = [order('1'), order('2'), order('1')];
    expect(validateFacts('orders', rows, NOW)).toEqual({ rows: [order('1'), order('2')], rejected: [] });
  });

  test.each([
    ['a state that is not one', { ...order('9'), status: 'teleported' }, 'shape'],
    ['a key that nobody asked for', { ...order('9'), buyer: 'Meera' }, 'shape'],
    ['no status', { ...order('9'), status: undefined }, 'shape'],
    ['a time of 1970', order('9', { placedAt: '1970-01-02T00:00:00.000Z' }), 'time'],
    ['a time of the far future', order('9', { updatedAt: '2999-12-30T00:00:00.000Z' }), 'time'],
    ['money below zero', order('9', { totalMinor: -1 }), 'money'],
    ['more money than there is', order('9', { totalMinor: 1e14 + 1 }), 'money'],
  ])('a row with %s is named and the others stay', (_, bad, reason) => {
    expect(validateFacts('orders', [order('1'), bad, order('2')], NOW)).toEqual({
      rows: [order('1'), order('2')],
      rejected: [{ key: '9', reason }],
    });
  });

  test('two rows with one id that differ are both rejected, whichever came first', () => {
    const rows = [order('1'), order('1', { status: 'delivered' }), order('2')];
    for (const given of [rows, rows.toReversed()])
      expect(validateFacts('orders', given, NOW)).toEqual({
        rows: [order('2')],
        rejected: [{ key: '1', reason: 'id-twice' }],
      });
  });

  test('of two states of one row the later one holds, whichever came first', () => {
    const later = order('1', { status: 'delivered', updatedAt: '2026-11-19T07:00:00.000Z' });
    const contradiction = order('1', { status: 'cancelled' });
    for (const given of [
      [order('1'), later],
      [later, order('1')],
      [order('1'), contradiction, later],
      [later, order('1'), contradiction],
    ])
      expect(validateFacts('orders', given, NOW)).toEqual({ rows: [later], rejected: [] });
  });

  test.each([null, 7, 'text', [], {}])('%j is rejected without a key', bad => {
    expect(validateFacts('shipments', [bad], NOW)).toEqual({ rows: [], rejected: [{ key: null, reason: 'shape' }] });
  });

  test('what is still to come and what a person can set to anything is believed', () => {
    expect(validateFacts('orders', [order('1', { shipBy: '2999-12-30T00:00:00.000Z' })], NOW).rejected).toEqual([]);
    const file = { id: 'f', name: 'f', kind: 'pdf', bytes: 1, modifiedAt: '1970-01-02T00:00:00.000Z', url: null };
    expect(validateFacts('files', [file], NOW).rejected).toEqual([]);
  });
});

test('every capability names fields that its rows have', () => {
  for (const name of CAPABILITY_NAMES) {
    const { fact, past, money } = CAPABILITIES[name];
    for (const field of [...past, ...money]) expect(Object.keys(fact.shape)).toContain(field);
  }
});
