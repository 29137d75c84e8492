import { AttemptView, ConnectionView, Fault, fields, ProviderId } from '@astrix/contract';
import { z } from 'zod';
import { call } from './channel.ts';

const { Id, Instant } = fields;

const ofClient = z.strictObject({ clientId: Id });
const ofAttempt = z.strictObject({ clientId: Id, attemptId: Id });

/**
 * An attempt to connect by OAuth that was begun on this machine: `waiting` for the person in the browser, `choosing` among the accounts that
 * the grant reaches, `ended` without a connection or `connected` with one. The receipt stays in main.
 */
export const ConnectState = z.strictObject({
  clientId: Id,
  attemptId: Id,
  provider: ProviderId,
  /** For all clients of the agency. */
  shared: z.boolean(),
  /** Which connection gets a new consent; null for a new one. */
  connectionId: Id.nullable(),
  expiresAt: Instant,
  now: z.discriminatedUnion('step', [
    z.strictObject({ step: z.literal('waiting') }),
    z.strictObject({ step: z.literal('choosing'), found: AttemptView }),
    z.strictObject({ step: z.literal('connected'), connectionId: Id }),
    z.strictObject({
      step: z.literal('ended'),
      ...Fault.shape,
      code: z.enum(['cancelled', 'expired', 'denied', 'failed']),
    }),
  ]),
});
export type ConnectState = z.infer<typeof ConnectState>;

/** An attempt to connect runs in main: it listens on loopback and opens the browser. Everything else is asked through `routes`. */
export const CONNECT_CHANNELS = {
  /** The newest attempt for this client since the console was started. */
  'connect.state': call('read', true, ofClient, ConnectState.nullable()),
  'connect.start': call(
    'write',
    true,
    z.strictObject({ clientId: Id, provider: ProviderId, shared: z.boolean(), connectionId: Id.nullable() }),
    ConnectState,
  ),
  /** Opens the same address in the browser once more. */
  'connect.reopen': call('write', true, ofAttempt, z.null()),
  'connect.confirm': call(
    'write',
    true,
    z.strictObject({ ...ofAttempt.shape, accountId: z.string().min(1).max(200) }),
    ConnectionView,
  ),
  'connect.cancel': call('write', true, ofAttempt, ConnectState),
} as const;
