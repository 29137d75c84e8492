import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Counters of one process, in a registry of its own so that tests do not share them. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: 'astrix_http_requests_total',
      help: 'Answered requests',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'astrix_http_request_seconds',
      help: 'Time to answer',
      labelNames: ['route'] as const,
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    webhooks: new Counter({
      name: 'astrix_webhook_deliveries_total',
      help: 'Webhook deliveries by outcome',
      labelNames: ['provider', 'outcome'] as const,
      registers,
    }),
    webhookEvents: new Counter({
      name: 'astrix_webhook_events_total',
      help: 'Webhook events by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
    sends: new Counter({
      name: 'astrix_messages_sent_total',
      help: 'Send attempts by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
    mails: new Counter({
      name: 'astrix_mails_total',
      help: 'Mails by outcome; `later` is an attempt that is made again',
      labelNames: ['outcome'] as const,
      registers,
    }),
    providerCalls: new Counter({
      name: 'astrix_provider_calls_total',
      help: 'Calls to providers by outcome, further attempts not counted',
      labelNames: ['provider', 'outcome'] as const,
      registers,
    }),
    providerCallsWaiting: new Gauge({
      name: 'astrix_provider_calls_waiting',
      help: 'Lines of the call ledger that are not in the database yet',
      registers,
    }),
    sealsBroken: new Counter({
      name: 'astrix_sealed_values_broken_total',
      help: 'Sealed credentials that did not open: moved, changed, or without their key',
      registers,
    }),
    systemUses: new Counter({
      name: 'astrix_system_transactions_total',
      help: 'Transactions across tenants, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    loopRuns: new Counter({
      name: 'astrix_loop_runs_total',
      help: 'Runs of periodic work by outcome',
      labelNames: ['loop', 'outcome'] as const,
      registers,
    }),
    loopSeconds: new Histogram({
      name: 'astrix_loop_seconds',
      help: 'Time of one run of periodic work',
      labelNames: ['loop'] as const,
      buckets: [0.01, 0.05, 0.25, 1, 5, 30],
      registers,
    }),
    swept: new Counter({
      name: 'astrix_retention_deleted_total',
      help: 'Rows deleted because their time had passed',
      labelNames: ['table'] as const,
      registers,
    }),
    overdue: new Gauge({
      name: 'astrix_retention_overdue_seconds',
      help: 'Age past the cutoff of the oldest row that is still stored',
      labelNames: ['table'] as const,
      registers,
    }),
    streams: new Gauge({ name: 'astrix_live_streams', help: 'Open live streams', registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Adds memory, garbage collection and the delay of the event loop. Once for each process, because every call starts a timer and an observer
 * that nothing ends.
 */
export const measureProcess = ({ registry }: Metrics): void => collectDefaultMetrics({ register: registry });
