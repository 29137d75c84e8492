import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { internal, shownTo } from './audience.ts';
import { ROLES } from './roles.ts';

const Row = z.strictObject({
  name: z.string(),
  tags: internal(z.array(z.string()), []),
  owner: internal(z.string().nullable(), null),
});
const row = { name: 'Asha', tags: ['vip'], owner: 'Priya' };
const shown = { name: 'Asha', tags: [], owner: null };

describe('AZ-05: internal fields', () => {
  test.each(ROLES)('%s', role => {
    expect(shownTo(role, Row, row)).toEqual(role === 'client' ? shown : row);
  });

  test('are found in lists, in objects, behind null and in each form of a union, and the value itself stays as it is', () => {
    const Reply = z.strictObject({
      rows: z.array(Row),
      first: Row.nullable(),
      none: Row.nullable(),
      either: z.union([
        z.strictObject({ kind: z.literal('none') }),
        z.strictObject({ kind: z.literal('row'), row: Row }),
      ]),
    });
    const reply = { rows: [row, row], first: row, none: null, either: { kind: 'row', row } };
    expect(shownTo('client', Reply, reply)).toEqual({
      rows: [shown, shown],
      first: shown,
      none: null,
      either: { kind: 'row', row: shown },
    });
    expect(reply.first).toBe(row);
    expect(row.tags).toEqual(['vip']);
  });

  test('a schema is internal only where it is declared so, and a kind that cannot be looked into is refused', () => {
    const Name = z.string();
    const Both = z.strictObject({ hidden: internal(Name, ''), open: Name });
    expect(shownTo('client', Both, { hidden: 'a', open: 'a' })).toEqual({ hidden: '', open: 'a' });
    expect(() => shownTo('client', z.record(z.string(), Row), {})).toThrow(/kind record/);
  });
});
