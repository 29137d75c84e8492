import type { ShipmentFact } from '@astrix/contract';
import { type Explain, type Failed, json } from '../../platform/egress/index.ts';
import { clamp } from '../json.ts';
import { type Account, type Api, type Ask, type Connector, otherAccount } from '../provider.ts';
import { lastPage, mapRows, type ReadPage, type ReadRequest } from '../read.ts';
import { PRODUCTION, STAGING } from './manifest.ts';
import { awbsOf, PinCodes, shipmentOf, Tracking } from './map.ts';

/** The firewall in front of Delhivery counts requests of an IP address, and wants half a minute of silence. */
const THROTTLE_SECONDS = 30;
const NO_KEY = /authentication credentials were not provided|login or api key required|invalid token/i;
/** What a token of the other environment leads to. */
const OTHER_ENVIRONMENT = /'NoneType' object has no attribute/;
const UNKNOWN_AWB = /no such waybill|order id found/i;

/** The words of an error: under one of several names, or the whole text of a reply that is no JSON (XML, or the firewall's HTML). */
function wordsOf(body: unknown): string | null {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return null;
  const { detail, Error: error, error: code, rmk, message } = body as Readonly<Record<string, unknown>>;
  const words = [detail, error, code, rmk, message].find(word => typeof word === 'string' && word !== '');
  return typeof words === 'string' ? clamp(words, 300) : null;
}
/** Part of a batch may be there beside an error: what was found counts. */
function saysNo(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { Success, Error: error, ShipmentData: found } = body as Readonly<Record<string, unknown>>;
  if (Array.isArray(found) && found.length > 0) return false;
  return Success === false || (typeof error === 'string' && error !== '');
}

/**
 * Failures come with a 200 as well as with a status. A 403 is the firewall («too many»), unless its words are about the token: a connection
 * must not be declared dead because somebody else behind the same address was too quick.
 */
const explain: Explain = (body, status) => {
  const words = wordsOf(body);
  const failed = status >= 400 || saysNo(body);
  if (!failed || status === 429 || status >= 500) return null;
  if (words !== null && NO_KEY.test(words))
    return { kind: 'reauth', code: `http-${status}`, reason: 'Delhivery does not accept the API token.' };
  if (status === 403) return { kind: 'retry', reason: 'rate-limited', afterSeconds: THROTTLE_SECONDS };
  if (words === null || typeof body === 'string') return null;
  if (OTHER_ENVIRONMENT.test(words))
    return {
      kind: 'permanent',
      code: 'environment',
      reason: 'The token seems to belong to the other environment: check production or staging.',
    };
  if (UNKNOWN_AWB.test(words))
    return { kind: 'permanent', code: 'unknown-awb', reason: 'Delhivery knows none of these AWB numbers.' };
  return { kind: 'permanent', code: status === 200 ? 'refused' : `http-${status}`, reason: words };
};

const sign: Connector['sign'] = credential => ({
  headers: { authorization: `Token ${credential.kind === 'key' ? (credential.fields.token?.reveal() ?? '') : ''}` },
});

const isStaging = (api: Api) => api.settings.environment === 'staging';
const call = <T>(api: Api, ask: Omit<Ask<T>, 'host' | 'method' | 'effect'>) =>
  api.call({ ...ask, host: isStaging(api) ? STAGING : PRODUCTION, method: 'GET', effect: 'read' });

/** Delhivery has no call that names the account: one pin code is the cheapest that wants the token. */
async function identify(api: Api) {
  const pin = await call(api, {
    path: '/c/api/pin-codes/json/',
    query: { filter_codes: '110001' },
    reply: json(PinCodes),
  });
  if (pin.kind !== 'ok') return pin;
  const environment = isStaging(api) ? 'staging' : 'production';
  const account: Account = { id: environment, name: 'Delhivery', detail: environment, settings: { environment } };
  return { kind: 'ok' as const, rows: [account] };
}

/** The shipments that `text` names: Delhivery has no list of them. */
async function readShipments(api: Api, { text }: ReadRequest): Promise<ReadPage<ShipmentFact> | Failed> {
  const asked = awbsOf(text ?? '');
  if ('wrong' in asked) return { kind: 'permanent' as const, status: 400, code: 'awb', reason: asked.wrong };
  const tracking = await call(api, {
    path: '/api/v1/packages/json/',
    query: { waybill: asked.awbs.join(',') },
    cost: 'tracking',
    reply: json(Tracking),
  });
  if (tracking.kind !== 'ok') return tracking;
  const { ShipmentData: found } = tracking.data;
  // Nobody asked for these.
  if (found.rows.some(({ Shipment: { AWB } }) => !asked.awbs.includes(AWB))) return otherAccount;
  const { rows, unreadable } = mapRows(found, ({ Shipment }) => shipmentOf(Shipment));
  return lastPage(rows, unreadable);
}

export const delhivery: Connector = { sign, explain, identify, reads: { shipments: readShipments } };
