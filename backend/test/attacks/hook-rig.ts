import { createHmac } from 'node:crypto';
import type { ConnectionView, ProviderId, WebhookAddress } from '@astrix/contract';
import type { LightMyRequestResponse as Response } from 'fastify';
import { withSystem } from '../../src/platform/db/index.ts';
import { type Colleague, type ConnectRig, connectRig } from '../connections/rig.ts';
import { ledgerOfAll } from '../tenancy/ledger.ts';
import type { World } from '../world.ts';

export const STRIPE_SECRET = 'whsec_bGl2ZWxpdmVsaXZlbGl2ZWxpdmU';
export const STRIPE_FORM = { key: 'rk_live_ChaiKatha2026', webhookSecret: STRIPE_SECRET };
export const DELHIVERY_FORM = { environment: 'production', token: 'a'.repeat(40) };
export const APP_META = 'sandbox-secret';

export const hmac = (key: string, data: string | Buffer) => createHmac('sha256', key).update(data).digest('hex');
const json = { 'content-type': 'application/json' };

/** A connection with the address that was made for it, as a person keeps it who has typed it in at the provider. */
export type Addressed = ConnectionView & { readonly at: WebhookAddress };

export async function addressed(colleague: Colleague, connection: ConnectionView): Promise<Addressed> {
  const reply = await colleague.post(`connections/${connection.id}/rotate-webhook`);
  if (reply.statusCode !== 200) throw new Error(`no address was made: ${reply.body}`);
  return { ...connection, at: reply.json() as WebhookAddress };
}

export type HookRig = ConnectRig & {
  /** Signed in anew each time: sessions end while the clock moves on. */
  readonly admin: () => Promise<Colleague>;
  readonly pathOf: (connection: Addressed) => string;
  readonly post: (
    url: string,
    body: Buffer | object,
    headers: Record<string, string | string[] | undefined>,
  ) => Promise<Response>;
  /** Every table: what people see, and what waits or is dead among the events. */
  readonly state: () => Promise<object>;
  readonly dead: () => Promise<{ id: string; provider: string; agency_id: string | null; reason: string | null }[]>;
  readonly isOutdated: (connection: ConnectionView) => Promise<Record<string, boolean>>;
  readonly process: () => Promise<void>;
};

export const bytesOf = (body: Buffer | object) => (Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
export const signStripe = (world: World, body: Buffer | object, key = STRIPE_SECRET, shift = 0) => {
  const at = Math.floor(world.clock.now().getTime() / 1000) + shift;
  const signature = hmac(key, Buffer.concat([Buffer.from(`${at}.`), bytesOf(body)]));
  return { 'stripe-signature': `t=${at},v1=${signature}` };
};
export const signMeta = (body: Buffer | object, key = APP_META) => ({
  'x-hub-signature-256': `sha256=${hmac(key, bytesOf(body))}`,
});
export const signJira = (body: Buffer | object, key: string) => ({
  'x-hub-signature': `sha256=${hmac(key, bytesOf(body))}`,
});

let events = 0;
const next = () => {
  events += 1;
  return events;
};
export const stripeEvent = (over: object = {}) => ({
  id: `evt_hook${next()}`,
  object: 'event',
  type: 'payment_intent.succeeded',
  livemode: true,
  created: 1_780_000_000,
  data: { object: { id: 'pi_1', amount: 1, receipt_email: 'buyer@example.in' } },
  ...over,
});
export const delhiveryPush = (awb = 10_000_000_000_000 + next()) => ({
  Shipment: {
    AWB: `${awb}`,
    NSLCode: 'X-UCI',
    Status: { Status: 'Manifested', StatusType: 'UD', StatusDateTime: '2026-01-09T17:10:42.767' },
  },
});
export const jiraEvent = () => ({
  timestamp: 1_780_000_000_000 + next(),
  webhookEvent: 'jira:issue_updated',
  issue: { id: '10002' },
});
export const instagramEvent = (account: string, field = 'comments') => ({
  object: 'instagram',
  entry: [{ id: account, time: 1_780_000_000, changes: [{ field, value: { id: `${17_000_000 + next()}` } }] }],
});

/** The backend with its sandbox, an admin who connects, and posts to the addresses. */
export async function hookRig(): Promise<HookRig> {
  const rig = await connectRig({ env: { ASTRIX_ROLE: 'api', ASTRIX_PUBLIC_URL: 'https://hooks.example' } });
  const { db } = rig.world;
  return {
    ...rig,
    admin: () => rig.as('admin'),
    pathOf: ({ at }) => new URL(at.url).pathname,
    post: (url, body, headers) =>
      rig.world.inject({
        method: 'POST',
        url,
        headers: { ...json, ...(headers as Record<string, string>) },
        payload: bytesOf(body),
      }),
    state: async () => ({
      ...(await ledgerOfAll(db)),
      // Written behind the calls of the test itself.
      provider_calls: null,
      ...(await withSystem(db, 'telemetry', async tx => ({
        deliveries: await tx.selectFrom('webhook_deliveries').select('id').execute(),
        events: await tx.selectFrom('webhook_events').select(['id', 'state']).orderBy('id').execute(),
        deletions: await tx.selectFrom('webhook_deletions').selectAll().execute(),
      }))),
    }),
    dead: () =>
      withSystem(db, 'telemetry', tx =>
        tx
          .selectFrom('webhook_events')
          .select(['id', 'provider', 'agency_id', 'reason'])
          .where('state', '=', 'dead')
          .orderBy('seq')
          .execute(),
      ),
    isOutdated: ({ id }) =>
      withSystem(db, 'telemetry', async tx => {
        const rows = await tx
          .selectFrom('previews')
          .select(['capability', 'outdated'])
          .where('connection_id', '=', id)
          .execute();
        return Object.fromEntries(rows.map(({ capability, outdated }) => [capability, outdated]));
      }),
    process: () => rig.world.app.runNow('webhooks.process'),
  };
}

export async function byKey(colleague: Colleague, provider: ProviderId, fields: Record<string, string>, id?: string) {
  const reply = await colleague.byKey(provider, fields, id ?? null);
  if (reply.statusCode !== 201) throw new Error(`${provider} was not connected: ${reply.body}`);
  return reply.json() as ConnectionView;
}
