import { ROUTES } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { secret } from '../../kernel/secret.ts';
import type { Credential } from '../provider.ts';
import { delhivery } from './client.ts';
import { DELHIVERY } from './manifest.ts';
import { awbsOf, instantOf, Shipment, shipmentOf } from './map.ts';
import { hookEvents } from './webhook.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const token = (letter: string): Credential => ({ kind: 'key', fields: { token: secret(letter.repeat(40)) } });
const api = (letter: string, environment = 'production') =>
  rig.api('delhivery', token(letter), { settings: { environment } });
const FIRST = 1_490_812_345_600;
const awbs = (count: number) => Array.from({ length: count }, (_, n) => String(FIRST + n));

test.each([
  ['a', 'production', 'track.delhivery.com'],
  ['b', 'staging', 'staging-express.delhivery.com'],
])('a token is proved with one pin code, in its own environment (%s, %s)', async (letter, environment, host) => {
  expect(await delhivery.identify(api(letter, environment))).toEqual({
    kind: 'ok',
    rows: [{ id: environment, name: 'Delhivery', detail: environment, settings: { environment } }],
  });
  expect(rig.seen.at(-1)).toMatchObject({ host, headers: { authorization: `Token ${letter.repeat(40)}` } });
});

test('fifty AWB numbers are one call, and come back in paise and UTC', async () => {
  const found = await readAll('delhivery', 'shipments', api('a'), { text: awbs(50).join(', ') });
  if (found.kind !== 'ok') throw new Error(found.kind);
  expect(found.rows).toHaveLength(50);
  expect(found.rows[0]).toEqual({
    awb: String(FIRST),
    orderNumber: 'CK-2026-1000',
    status: 'in-transit',
    statusText: 'In Transit: Bag Received at Facility',
    location: 'Gurgaon_Bilaspur_HB (Haryana)',
    at: rig.clock.now().toISOString(),
    // Nothing is expected, so the promise counts.
    expectedAt: new Date(rig.clock.now().getTime() + 3 * 86_400_000).toISOString(),
    deliveredAt: null,
    codMinor: 129_950,
    currency: 'INR',
  });
  expect(found.rows[1]).toMatchObject({ status: 'out-for-delivery', codMinor: null });
  expect(found.rows[2]).toMatchObject({
    status: 'delivered',
    statusText: 'Delivered',
    deliveredAt: expect.any(String),
  });
  expect(found.rows.slice(3, 7).map(({ status }) => status)).toEqual([
    'attempt-failed',
    'created',
    'returning',
    'returned',
  ]);
});

test('fifty AWB numbers fit into what a person may ask for', () => {
  expect(ROUTES['previews.read'].query.safeParse({ text: awbs(50).join(', ') })).toMatchObject({ success: true });
});

test('a number that Delhivery does not know is left out; none that it knows is said', async () => {
  const some = await readAll('delhivery', 'shipments', api('a'), { text: `${FIRST} 99999999` });
  expect(some).toMatchObject({ kind: 'ok', rows: [{ awb: String(FIRST) }] });
  expect(await readAll('delhivery', 'shipments', api('a'), { text: '99999999' })).toMatchObject({
    kind: 'permanent',
    status: 200,
    code: 'unknown-awb',
  });
});

describe('what a person types', () => {
  it('may have commas, spaces and lines between, and repeats', () => {
    expect(awbsOf(' 1490812345600,1490812345601\n1490812345600 ')).toEqual({
      awbs: ['1490812345600', '1490812345601'],
    });
  });

  test.each([
    [null, /at least one/],
    ['  ', /at least one/],
    ['1490812345600, CK-2026-1000', /CK-2026-1000/],
    ['1234567', /8 to 20 digits/],
    ['1490812345600&verbose=2', /8 to 20 digits/],
    [awbs(51).join(' '), /51 AWB numbers/],
  ])('is refused with words before anything is sent: %s', async (text, words) => {
    const before = rig.seen.length;
    expect(await readAll('delhivery', 'shipments', api('a'), { text })).toMatchObject({
      kind: 'permanent',
      code: 'awb',
      reason: expect.stringMatching(words),
    });
    expect(rig.seen).toHaveLength(before);
  });
});

describe('failures', () => {
  // Of their own: a 5xx or a throttling must not hold up the next one.
  beforeEach(async () => {
    await rig.close();
    rig = await providerRig();
  });

  test.each([
    ['a refused token', 'd', 'production', { kind: 'reauth', status: 401 }],
    ['a 403 whose text is about the key', 'e', 'production', { kind: 'reauth', status: 403 }],
    ['the page of the firewall', 'f', 'production', { kind: 'retry', reason: 'rate-limited', afterSeconds: 30 }],
    ['a fault in XML', 'c', 'production', { kind: 'retry', reason: 'provider-error', status: 500 }],
    ['the token of production in staging', 'a', 'staging', { kind: 'permanent', code: 'environment', status: 200 }],
    ['the token of staging in production', 'b', 'production', { kind: 'permanent', code: 'environment' }],
  ])('EG-03: %s', async (_, letter, environment, outcome) => {
    expect(await delhivery.identify(api(letter, environment))).toMatchObject(outcome);
  });

  it('without a token at all, the words decide, not the status', () => {
    const body = { detail: 'Authentication credentials were not provided.' };
    for (const status of [401, 403])
      expect(delhivery.explain(body, status, {})).toMatchObject({ kind: 'reauth', code: `http-${status}` });
    expect(delhivery.explain('', 403, {})).toMatchObject({ kind: 'retry' });
  });

  it('an error inside of a 200 keeps its words', () => {
    expect(delhivery.explain({ Success: false, Error: 'Something is off' }, 200, {})).toEqual({
      kind: 'permanent',
      code: 'refused',
      reason: 'Something is off',
    });
    expect(delhivery.explain({ ShipmentData: [] }, 200, {})).toBeNull();
    expect(delhivery.explain({ ShipmentData: [{}], Error: 'One is not there' }, 200, {})).toBeNull();
  });
});

describe('a shipment', () => {
  const status = (StatusType: string, Status: string, StatusCode?: string) => ({
    Status,
    StatusType,
    StatusCode,
    StatusDateTime: '2026-08-24T23:56:59.828',
  });
  const shaped = (over: object) =>
    shipmentOf(Shipment.parse({ AWB: '1490812345600', Status: status('UD', 'In Transit'), ...over }));

  it('without anything that is optional says what is not known', () => {
    expect(shaped({})).toEqual({
      awb: '1490812345600',
      orderNumber: null,
      status: 'in-transit',
      statusText: 'In Transit',
      location: null,
      at: '2026-08-24T18:26:59.828Z',
      expectedAt: null,
      deliveredAt: null,
      codMinor: null,
      currency: 'INR',
    });
  });

  test.each([
    ['UD', 'Not Picked', undefined, 'created'],
    ['UD', 'Not Picked', 'DTUP-210', 'cancelled'],
    ['UD', 'Pending', 'X-PPOM', 'in-transit'],
    ['UD', 'Pending', 'EOD-6', 'attempt-failed'],
    ['RT', 'Pending', 'EOD-6', 'returning'],
    ['RT', 'Dispatched', undefined, 'returning'],
    ['PP', 'Scheduled', undefined, 'created'],
    ['PU', 'In Transit', undefined, 'returning'],
    ['DL', 'DTO', undefined, 'returned'],
    ['CN', 'Closed', undefined, 'cancelled'],
    ['DL', 'In Transit', undefined, 'unknown'],
    ['XX', 'Delivered', undefined, 'unknown'],
    ['UD', 'Delivered', undefined, 'unknown'],
  ])('%s %s (%s) is %s', (type, word, code, expected) => {
    expect(shaped({ Status: status(type, word, code) }).status).toBe(expected);
  });

  it('a text of the carrier is shortened between two characters', () => {
    for (let length = 285; length < 295; length++) {
      const Status = { ...status('UD', 'In Transit'), Instructions: `${'i'.repeat(length)}📦👍🏽 received` };
      const { statusText } = shaped({ Status });
      expect(statusText.isWellFormed()).toBe(true);
      expect(statusText).toMatch(/i(?:📦)?(?:👍🏽)?(?: r?e?c?e?i?v?e?d?)?$/u);
    }
  });

  it('does not repeat who took the parcel', () => {
    const Status = { ...status('DL', 'Delivered'), Instructions: 'Delivered to Rajesh Kumar', RecievedBy: 'Rajesh' };
    expect(JSON.stringify(shaped({ Status }))).not.toContain('Rajesh');
  });

  test.each([
    [1299.5, 129_950],
    ['1299.50', 129_950],
    [0, 0],
    [4.35, 435],
  ])('cash to collect %s is %d paise', (CODAmount, minor) => {
    expect(shaped({ OrderType: 'COD', CODAmount }).codMinor).toBe(minor);
  });

  test.each([-1, '1e9', 'NaN', 10.005])('with the amount %s is refused', CODAmount => {
    expect(() => shaped({ OrderType: 'COD', CODAmount })).toThrow();
  });

  test.each([
    ['2026-08-24T23:56:59.828', '2026-08-24T18:26:59.828Z'],
    ['2026-01-09 17:10:42.543', '2026-01-09T11:40:42.543Z'],
    ['2026-01-01T00:00:00', '2025-12-31T18:30:00.000Z'],
    ['2026-08-24T23:56:59+05:30', '2026-08-24T18:26:59.000Z'],
    ['2026-08-24T18:26:59Z', '2026-08-24T18:26:59.000Z'],
    ['2026-13-01T00:00:00', null],
    ['yesterday', null],
  ])('%s is %s, of Indian time where it names no zone', (text, at) => {
    expect(instantOf(text)).toBe(at);
  });
});

describe('WH-08: a scan that is pushed', () => {
  const SCAN = {
    Shipment: {
      Status: {
        Status: 'Manifested',
        StatusDateTime: '2026-01-09T17:10:42.767',
        StatusType: 'UD',
        StatusLocation: 'Pune_Test_C (Maharashtra)',
        Instructions: 'Manifest uploaded',
      },
      PickUpDate: '2026-01-09 17:10:42.543',
      NSLCode: 'X-UCI',
      Sortcode: 'PNQ/TST',
      ReferenceNo: 'cl_1-0001',
      AWB: '10000000000011',
    },
  };
  const at = new Date();

  it('has the same key each time it comes, and another for another scan', () => {
    const [event] = hookEvents(SCAN, at);
    expect(event).toEqual({
      naturalKey: '10000000000011|UD|Manifested|X-UCI|2026-01-09T17:10:42.767',
      accountId: null,
      change: { kind: 'changed', capability: 'shipments' },
    });
    const later = structuredClone(SCAN);
    later.Shipment.Status.StatusDateTime = '2026-01-09T18:00:00.000';
    expect(hookEvents(later, at)[0]?.naturalKey).not.toBe(event?.naturalKey);
  });

  it('may come in the envelope of the track reply, or several at once', () => {
    const [alone] = hookEvents(SCAN, at);
    const other = { Shipment: { ...SCAN.Shipment, AWB: 10_000_000_000_012 } };
    expect(hookEvents({ ShipmentData: [SCAN] }, at)).toEqual([alone]);
    for (const body of [{ ShipmentData: [SCAN, null, other] }, [SCAN, other]])
      expect(hookEvents(body, at).map(({ naturalKey }) => naturalKey.split('|')[0])).toEqual([
        '10000000000011',
        '10000000000012',
      ]);
  });

  it('may come flat, as for freight', () => {
    const flat = { lrnum: '220012345', status: 'Delivered', timestamp: '2026-01-09T18:00:00', location: null };
    expect(hookEvents(flat, at)).toEqual([
      {
        naturalKey: '220012345||Delivered||2026-01-09T18:00:00',
        accountId: null,
        change: { kind: 'changed', capability: 'shipments' },
      },
    ]);
  });

  test.each([null, 'x', [], {}, { ShipmentData: [] }, { ShipmentData: 'x' }, { Shipment: { AWB: 'x' } }])(
    'in another form is nothing of ours: %j',
    body => {
      expect(hookEvents(body, at)).toEqual([]);
    },
  );
});

test('the form takes a token and no header', () => {
  const { pattern } = DELHIVERY.auth.fields[1];
  expect(new RegExp(pattern).test('a'.repeat(40))).toBe(true);
  expect(new RegExp(pattern).test(`Token ${'a'.repeat(40)}`)).toBe(false);
});
