import { createHmac } from 'node:crypto';

export type Delivery = { readonly body: string; readonly attempts: number };

export type Deliverer = {
  /** Signs and posts to the backend; tries again with back-off while it does not answer 200, like Meta does for days. */
  readonly post: (payload: object) => Promise<boolean>;
  readonly pending: () => number;
  readonly stop: () => void;
};

const RETRY_MS = [200, 500, 1000, 2000, 5000];
/** A sandbox gives up after some minutes; Meta does after days. */
const MAX_TRIES = 60;

/** Meta signs the escaped form of what it sends: every character beyond ASCII as \uXXXX. */
const escaped = (payload: object) =>
  JSON.stringify(payload).replace(/[\u0080-\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

export function createDeliverer(webhookUrl: string, appSecret: string): Deliverer {
  const stopping = new AbortController();
  let pending = 0;

  async function once(body: string): Promise<boolean> {
    const signature = createHmac('sha256', appSecret).update(body).digest('hex');
    try {
      const reply = await fetch(webhookUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-hub-signature-256': `sha256=${signature}`,
          'user-agent': 'facebookexternalua',
        },
        body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(10_000)]),
      });
      await reply.arrayBuffer();
      return reply.status === 200;
    } catch {
      return false;
    }
  }

  return {
    async post(payload) {
      const body = escaped(payload);
      pending += 1;
      try {
        for (let attempt = 0; attempt < MAX_TRIES && !stopping.signal.aborted; attempt++) {
          if (await once(body)) return true;
          await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!, stopping.signal);
        }
        return false;
      } finally {
        pending -= 1;
      }
    },
    pending: () => pending,
    stop: () => stopping.abort(),
  };
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
