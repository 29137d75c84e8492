import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Collection, collection } from './collection.ts';
import { declarationFaults } from './declaration-faults.ts';
import { defineFeature, type Feature } from './feature.ts';
import { FEATURES } from './registry.ts';
import { ROLES } from './roles.ts';
import { clientRead, clientWrite } from './route.ts';
import { defineWrite } from './write.ts';

const Row = z.strictObject({ id: z.uuid(), clientId: z.uuid(), expiresAt: z.iso.datetime() });
const parcels = collection(Row, { scope: 'client', dataClass: 'logistics', retention: 'temporary-file' });
const edit = clientWrite({
  method: 'PUT',
  path: '/v1/clients/:clientId/parcels/:parcelId',
  summary: 'Change a parcel',
  permission: 'parcel.edit',
  dataClasses: ['logistics'],
  audit: 'parcel.edit',
  params: z.strictObject({ clientId: z.uuid(), parcelId: z.uuid() }),
  reply: Row,
});
const write = defineWrite({
  args: z.strictObject({ clientId: z.uuid(), parcelId: z.uuid() }),
  subject: 'parcels',
  row: Row,
  subjectId: ({ parcelId }) => parcelId,
  answers: 'parcels',
  request: ({ parcelId }) => ({ params: { parcelId } }),
  label: 'Parcel',
  says: () => 'Change a parcel',
});
const whole: Feature = defineFeature('parcels', {
  permissions: { 'parcel.edit': ROLES },
  collections: { parcels },
  routes: { edit },
  writes: { edit: write },
});
const faultsOf = (change: Partial<Feature>) => declarationFaults([{ ...whole, ...change }]);
const withCollection = (change: Partial<Collection>) => ({
  collections: { parcels: { ...(parcels as Collection), ...change } },
});
const withWrite = (change: Partial<typeof write>) => ({ writes: { edit: { ...write, ...change } } });
const withRoute = (change: object) => ({ routes: { edit: { ...whole.routes.edit!, ...change } } });

test('what the product declares is whole', () => {
  expect(declarationFaults(FEATURES)).toEqual([]);
  expect(declarationFaults([whole])).toEqual([]);
});

describe('each fault is named with the file to change', () => {
  const without = (...fields: string[]) =>
    z.strictObject(Object.fromEntries(Object.entries(Row.shape).filter(([name]) => !fields.includes(name))));
  const shown = {
    routes: { edit: { ...whole.routes.edit!, reply: z.strictObject({ parcels: z.array(Row).nullable() }) } },
  };
  const FAULTS: readonly (readonly [string, Partial<Feature>, string])[] = [
    [
      'AZ-05: rows for the agency alone in a reply to the staff of a client',
      { ...withCollection({ audience: 'agency' }), ...shown },
      'shows rows of parcels to the staff of a client',
    ],
    ['rows without an id', withCollection({ row: without('id') }), 'rows without an id'],
    ['rows of a client that do not say which', withCollection({ row: without('clientId') }), 'no clientId'],
    [
      'RT-00: rows with a period that do not say when they end',
      withCollection({ row: without('expiresAt') }),
      'no expiresAt',
    ],
    ['RT-00: a class that the retention does not cover', withCollection({ dataClass: 'account' }), 'does not cover'],
    [
      'LC-05: a class that is never on a device',
      withCollection({ dataClass: 'credentials' as never }),
      'a console never stores',
    ],
    ['a write without a route', { routes: {} }, 'has no route of the same key'],
    ['a write whose route keeps no idempotency key', withRoute({ idempotency: 'natural' }), "idempotency 'key'"],
    ['a write whose route is of no client', withRoute({ scope: 'agency' }), 'of one client'],
    [
      'SH-21: a write without a client',
      withWrite({ args: z.strictObject({ parcelId: z.uuid() }) as never }),
      'without the clientId',
    ],
    ['a write about rows that nobody declares', withWrite({ subject: 'boxes' }), 'names the collection boxes'],
    ['AZ-01: a route with a permission that is not declared', { permissions: {} }, 'does not declare'],
  ];
  test.each(FAULTS)('%s', (_what, change, words) => {
    const faults = faultsOf(change);
    expect(
      faults.some(fault => fault.includes(words)),
      faults.join('\n'),
    ).toBe(true);
    for (const fault of faults) expect(fault).toMatch(/^contract\/parcels\/index\.ts: .*\.$/);
  });

  test('LC-05: a class that is never on a device does not compile', () => {
    // @ts-expect-error: credentials are not a class that a console may keep.
    collection(Row, { scope: 'client', dataClass: 'credentials', retention: 'credential' });
  });

  test('a permission of another feature does not compile', () => {
    const read = clientRead({
      path: '/v1/clients/:clientId/parcels',
      summary: 'Parcels',
      permission: 'conversation.read',
      dataClasses: ['logistics'],
      reply: Row,
    });
    // @ts-expect-error: the feature declares parcel.edit only.
    const made = () => defineFeature('parcels', { permissions: { 'parcel.edit': ROLES }, routes: { read } });
    expect(declarationFaults([made() as unknown as Feature])).toHaveLength(1);
  });
});
