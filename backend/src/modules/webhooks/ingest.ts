import { expiresAt, type ProviderId } from '@astrix/contract';
import { AppError } from '../../kernel/errors.ts';
import { type Db, runAsSystem } from '../../platform/db/index.ts';
import { WEBHOOKS_CHANNEL } from './tables.ts';

/** More than this waiting for the disk means that it cannot keep up: better to be retried by the provider than to run out of memory. */
const MAX_WAITING_BYTES = 64 * 1_048_576;
const MAX_GROUP = 500;
const MAX_GROUP_BYTES = 8 * 1_048_576;
const RETRY_SECONDS = 5;

const STORE = {
  name: 'webhook-store',
  text: `with stored as (
    insert into webhook_deliveries (provider, connection_id, verified, received_at, body, expires_at)
    select about ->> 0, (about ->> 1)::uuid, (about ->> 2)::boolean, $1::timestamptz, body, $2::timestamptz
    from rows from (unnest($3::bytea[]), jsonb_array_elements($4::text::jsonb)) as given (body, about)
  ) select pg_notify('${WEBHOOKS_CHANNEL}', '')`,
} as const;

/** What was judged to be a provider's. */
export type Delivery = {
  readonly provider: ProviderId;
  /** Whose address it came to; null where an app has one for all. */
  readonly connectionId: string | null;
  /** False where nothing vouches for the body: then it is a hint (WH-06). */
  readonly verified: boolean;
  readonly body: Buffer;
};

type Waiting = { readonly delivery: Delivery; readonly stored: () => void; readonly failed: (error: unknown) => void };

export type Ingest = {
  /** Resolves when the bytes are on disk; rejects with `unavailable` when they are not. Never acknowledge before. */
  readonly store: (delivery: Delivery) => Promise<void>;
};

/**
 * Group commit: while one group is being written, the deliveries that arrive gather and go out together as the next. Under load one
 * round trip and one fsync serve many acknowledgements; when idle, a delivery leaves at once (WH-09).
 */
export function createIngest(db: Db): Ingest {
  const waiting: Waiting[] = [];
  let waitingBytes = 0;
  let writing = false;
  let scheduled = false;

  function takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const {
      delivery: { body },
    } of waiting) {
      if (count === MAX_GROUP || (count > 0 && bytes + body.length > MAX_GROUP_BYTES)) break;
      bytes += body.length;
      count += 1;
    }
    waitingBytes -= bytes;
    return waiting.splice(0, count);
  }

  /** The outcome as a value: it is looked at only after the next group has left. */
  function write(group: readonly Waiting[]): Promise<unknown> {
    const now = db.clock.now();
    const about = group.map(({ delivery }) => [delivery.provider, delivery.connectionId, delivery.verified]);
    const bodies = group.map(({ delivery }) => delivery.body);
    const values = [now, expiresAt('conversation', now), bodies, JSON.stringify(about)];
    return runAsSystem(db, 'webhook-ingest', STORE, values).then(
      () => null,
      (error: unknown) => error ?? new Error('refused without a reason'),
    );
  }

  async function writeGroup(): Promise<void> {
    const group = takeGroup();
    const error = await write(group);
    // The next group leaves before the answers to this one are written: the disk and this thread work at the same time.
    writing = false;
    startWriting();
    answer(group, error);
  }

  function startWriting(): void {
    if (waiting.length === 0 || writing) return;
    writing = true;
    void writeGroup();
  }

  function later(): void {
    if (scheduled) return;
    scheduled = true;
    // Whatever arrives in this turn of the event loop shares the group.
    setImmediate(() => {
      scheduled = false;
      startWriting();
    });
  }

  return {
    store: delivery =>
      new Promise((stored, failed) => {
        if (waitingBytes + delivery.body.length > MAX_WAITING_BYTES) {
          failed(new AppError('unavailable', { retryAfterSeconds: RETRY_SECONDS }));
          return;
        }
        waiting.push({ delivery, stored, failed });
        waitingBytes += delivery.body.length;
        if (!writing) later();
      }),
  };
}

function answer(group: readonly Waiting[], error: unknown): void {
  if (error === null) {
    for (const { stored } of group) stored();
    return;
  }
  const refused = new AppError('unavailable', { retryAfterSeconds: RETRY_SECONDS, cause: error });
  for (const { failed } of group) failed(refused);
}
