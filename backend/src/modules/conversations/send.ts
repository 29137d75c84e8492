import type { Services } from '../../composition/index.ts';
import { withSystem } from '../../platform/db/index.ts';
import { defineJob, type Job } from '../../platform/jobs/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { notAccepted, type SendOutcome } from '../../providers/messaging.ts';
import { type Claimed, claimNext, refusalOf, releaseClaim } from './claim.ts';
import { recordOutcome } from './record-outcome.ts';
import { SEND_JOB, type SendData } from './send-data.ts';

const MAX_PER_RUN = 50;
/** When a connection cannot be opened, the message is tried again after this. */
const RETRY_SECONDS = 30;

export type SendDeps = Pick<Services, 'db' | 'log' | 'jobs' | 'metrics' | 'ports' | 'messagingOf'>;

/**
 * The one send function. It takes the queued replies of a conversation in order, one at a time: claim in a transaction, talk to the provider
 * outside of it, record the outcome. If the process dies in between, the claim expires and the message becomes `unknown`: it is never
 * repeated, and a status event, which carries our own id, settles what happened (F-02, EG-04).
 */
export function createSendJob(deps: SendDeps): Job<SendData> {
  const { db, jobs, metrics } = deps;
  return defineJob({
    ...SEND_JOB,
    tenancy: 'agency',
    dataClass: 'end-customer',
    retention: 'conversation',
    retryLimit: 8,
    concurrency: 8,
    run: async (data, { signal }) => {
      for (let sent = 0; sent < MAX_PER_RUN && !signal.aborted; sent++) {
        const next = await withSystem(db, 'send-message', tx => claimNext(tx, data));
        if (next === null) return;
        if (next === 'again') continue;
        const outcome = await send(deps, next);
        metrics.sends.inc({ outcome: outcome.kind });
        const later = await withSystem(db, 'send-message', async tx => {
          const startAfter =
            outcome.kind === 'unopened'
              ? await releaseClaim(tx, next, RETRY_SECONDS)
              : await recordOutcome(tx, data, next, outcome);
          if (startAfter) await jobs.enqueue(tx, SEND_JOB, data, { startAfter });
          return startAfter;
        });
        if (later) return;
      }
    },
  });
}

/** `unopened`: the keys of the connection cannot be reached, so nothing has left and the message can be tried again. */
async function send(deps: SendDeps, claimed: Claimed): Promise<SendOutcome | { readonly kind: 'unopened' }> {
  const { provider, outgoing, ...onBehalfOf } = claimed;
  const messaging = deps.messagingOf(provider);
  if (!messaging) return { kind: 'refused', fault: refusalOf('channel_unavailable'), credentialDead: false };
  const opened = await deps.ports.openConnection({ ...onBehalfOf, capability: 'messaging' }).catch((error: unknown) => {
    deps.log.warn('a message waits, because its connection cannot be opened', {
      client: claimed.clientId,
      error: nameOf(error),
    });
    return null;
  });
  if (opened === null) return { kind: 'unopened' };
  if (opened.kind !== 'ok') return notAccepted(opened, () => refusalOf('channel_unavailable'));
  return messaging.sendText(opened.api, outgoing);
}
