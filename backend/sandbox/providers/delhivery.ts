import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DemoOrder, DemoParcel } from '../../src/demo/orders.ts';
import { DEMO_CLIENTS, type DemoShop } from '../../src/demo/people.ts';
import { ordersOf } from '../../src/demo/threads.ts';
import type { Imitation } from '../imitation.ts';

const HOSTS = { production: 'track.delhivery.com', staging: 'staging-express.delhivery.com' } as const;
type Environment = keyof typeof HOSTS;

/** Of 40 characters, as Delhivery's are. The first letter says what becomes of it. */
const TOKEN = /^[0-9a-f]{40}$/;
const FIRST_AWB = 1_490_812_345_600;
const SHIPMENTS = 120;
const HOUR_MS = 3_600_000;

/** Indian time without an offset, as Delhivery writes it. */
const ist = (at: Date) => new Date(at.getTime() + 5.5 * HOUR_MS).toISOString().slice(0, -1);

const STATES = [
  ['UD', 'In Transit', 'X-ILL1F', 'Bag Received at Facility', 'Gurgaon_Bilaspur_HB (Haryana)'],
  ['UD', 'Dispatched', 'X-DDD3FD', 'Out for delivery', 'Mumbai_Andheri_C (Maharashtra)'],
  ['DL', 'Delivered', 'EOD-38', 'Delivered to consignee', 'Bengaluru_Koramangala_C (Karnataka)'],
  ['UD', 'Pending', 'EOD-74', 'Consignee requested a later date', 'Chennai_Velachery_C (Tamil Nadu)'],
  ['UD', 'Manifested', 'X-UCI', 'Manifest uploaded', 'Jaipur_Sitapura_C (Rajasthan)'],
  ['RT', 'In Transit', 'RT-101', 'Return accepted', 'Kolkata_Dankuni_HB (West Bengal)'],
  ['DL', 'RTO', 'RD-AC', 'RTO received by seller', 'Jaipur_Sitapura_C (Rajasthan)'],
] as const;

/** Whose parcels those are that no customer writes about. */
const FILLER = DEMO_CLIENTS[0]!;

function shipment(n: number, now: Date) {
  const [StatusType, Status, StatusCode, Instructions, StatusLocation] = STATES[n % STATES.length]!;
  const cash = n % 3 === 0;
  const invoice = FILLER.goods[n % FILLER.goods.length]!.priceMinor / 100;
  const at = new Date(now.getTime() - (n % 48) * HOUR_MS);
  const day = (days: number) => ist(new Date(now.getTime() + days * 24 * HOUR_MS));
  return {
    AWB: String(FIRST_AWB + n),
    ReferenceNo: `${FILLER.code}-2026-${1000 + n}`,
    OrderType: cash ? 'COD' : 'Pre-paid',
    InvoiceAmount: invoice,
    CODAmount: cash ? invoice : 0,
    Origin: FILLER.city,
    Destination: StatusLocation,
    PickUpDate: day(-3),
    PickedupDate: Status === 'Manifested' ? null : day(-2),
    ExpectedDeliveryDate: n % 5 === 0 ? null : day(2),
    PromisedDeliveryDate: day(3),
    DeliveryDate: Status === 'Delivered' ? ist(at) : null,
    FirstAttemptDate: null,
    DispatchCount: 1,
    RTOStartedDate: StatusType === 'RT' ? day(-1) : null,
    ReturnedDate: null,
    ReverseInTransit: StatusType === 'RT',
    Quantity: '1',
    ChargedWeight: 500,
    PickupLocation: `${FILLER.name} Jaipur`,
    SenderName: FILLER.name,
    Ewaybill: [],
    Status: { Status, StatusType, StatusCode, StatusDateTime: ist(at), StatusLocation, Instructions, RecievedBy: '' },
  };
}

const STATE_OF: Readonly<Record<DemoParcel['state'], readonly string[]>> = {
  moving: STATES[0],
  out: STATES[1],
  delivered: STATES[2],
  attempted: ['UD', 'Pending', 'EOD-11', 'Consignee unavailable', STATES[3][4]],
  packed: STATES[4],
  returning: STATES[5],
};

/** The parcel of an order that a customer writes about. */
function shipmentOf(shop: DemoShop, order: DemoOrder, parcel: DemoParcel) {
  const [StatusType = '', Status = '', StatusCode = '', Instructions = '', where = ''] = STATE_OF[parcel.state];
  const day = (at: Date | null) => at && ist(at);
  const StatusLocation = parcel.state === 'packed' ? shop.city : where;
  return {
    ...shipment(0, order.placedAt),
    AWB: parcel.awb,
    ReferenceNo: order.number,
    OrderType: parcel.cashMinor > 0 ? 'COD' : 'Pre-paid',
    InvoiceAmount: order.amountMinor / 100,
    CODAmount: parcel.cashMinor / 100,
    Origin: shop.city,
    Destination: where,
    PickUpDate: day(parcel.pickedUpAt ?? parcel.expectedAt),
    PickedupDate: day(parcel.pickedUpAt),
    ExpectedDeliveryDate: day(parcel.expectedAt),
    PromisedDeliveryDate: day(parcel.expectedAt),
    DeliveryDate: day(parcel.deliveredAt),
    FirstAttemptDate: parcel.state === 'attempted' ? day(parcel.scannedAt) : null,
    DispatchCount: parcel.state === 'packed' || parcel.state === 'moving' ? 0 : 1,
    RTOStartedDate: parcel.state === 'returning' ? day(parcel.scannedAt) : null,
    ReverseInTransit: parcel.state === 'returning',
    Quantity: String(order.quantity),
    PickupLocation: shop.name,
    SenderName: shop.name,
    Status: {
      ...{ Status, StatusType, StatusCode, StatusLocation, Instructions },
      StatusDateTime: ist(parcel.scannedAt),
      RecievedBy: '',
    },
  };
}

/** The parcels that customers write about. */
const toldAt = (now: Date) =>
  DEMO_CLIENTS.flatMap(shop =>
    ordersOf(shop, now).flatMap(order => (order.parcel ? shipmentOf(shop, order, order.parcel) : [])),
  );
const SHIPMENTS_TOLD = 'delhivery/shipments';

const FIREWALL =
  '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>';

/** True when the token is good here; else the answer is given. */
function isLetIn(request: FastifyRequest, reply: FastifyReply, environment: Environment): boolean {
  const token = /^Token (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) reply.code(401).send({ detail: 'Authentication credentials were not provided.' });
  else if (token.startsWith('f')) reply.code(403).type('text/html').send(FIREWALL);
  else if (token.startsWith('e')) reply.code(403).type('text/plain').send('Login or API Key Required');
  else if (!TOKEN.test(token) || token.startsWith('d')) reply.code(401).send({ detail: 'Invalid token.' });
  else if (token.startsWith('c'))
    reply.code(500).type('application/xml').send('<root><error>Server Error</error></root>');
  else if (token.startsWith('b') !== (environment === 'staging'))
    reply.send({ Success: false, Error: "'NoneType' object has no attribute 'end_date'" });
  else return true;
  return false;
}

/** Delhivery Express: 120 shipments and those that customers of the demo write about, told by AWB number only. */
export const imitation: Imitation = {
  provider: 'delhivery',
  forms: [{ token: 'a'.repeat(40), environment: 'production' }],
  find: `${FIRST_AWB} ${FIRST_AWB + 1} ${FIRST_AWB + 3}`,
  hint: `API tokens have 40 characters of 0-9 and a-f: 40 times «a» works in production, 40 times «b» in staging; with «d» first it is refused, with «f» first always throttled. AWB numbers are ${FIRST_AWB} to ${FIRST_AWB + SHIPMENTS - 1}, and those that customers of the demo write about.`,
  serve(app, stage) {
    for (const [environment, host] of Object.entries(HOSTS) as [Environment, string][]) {
      const at = { constraints: { host } };
      app.get<{ Querystring: { filter_codes?: string } }>('/c/api/pin-codes/json/', at, async (request, reply) => {
        if (!isLetIn(request, reply, environment)) return reply;
        const pin = Number(request.query.filter_codes);
        if (pin !== 110_001) return { delivery_codes: [] };
        const codes = { pin, city: 'New Delhi', district: 'Central Delhi', state_code: 'DL', country_code: 'IN' };
        const can = { pre_paid: 'Y', cod: 'Y', pickup: 'Y', repl: 'Y', cash: 'Y', is_oda: 'N', remarks: '' };
        return { delivery_codes: [{ postal_code: { ...codes, ...can, max_amount: 0, max_weight: 0 } }] };
      });
      app.get<{ Querystring: { waybill?: string } }>('/api/v1/packages/json/', at, async (request, reply) => {
        if (!isLetIn(request, reply, environment)) return reply;
        const asked = (request.query.waybill ?? '').split(',').filter(Boolean);
        if (asked.length > 50) return { Success: false, Error: 'Maximum 50 waybills are allowed.' };
        const told = new Map(
          stage.things
            .list(SHIPMENTS_TOLD, ({ AWB }: ReturnType<typeof shipmentOf>) => AWB, toldAt)
            .map(one => [one.AWB, one]),
        );
        const found = asked.flatMap(awb => {
          const n = Number(awb) - FIRST_AWB;
          return told.get(awb) ?? (n >= 0 && n < SHIPMENTS ? shipment(n, stage.now()) : []);
        });
        if (found.length === 0) return { Success: false, Error: 'No such waybill or Order Id found' };
        return { ShipmentData: found.map(Shipment => ({ Shipment })) };
      });
    }
  },
};
