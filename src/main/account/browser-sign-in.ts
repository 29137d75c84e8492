import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { same } from '../connect/loopback.ts';
import { openVisitListener, type VisitListener } from '../connect/visit.ts';
import { ConsoleError } from '../ipc/errors.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { ShellPort } from '../ports.ts';
import type { Timers } from '../timers.ts';

/** What the browser has brought, and what proves that it was asked for by this console. */
export type BrowserProof = {
  readonly code: string;
  readonly verifier: string;
  readonly port: number;
  readonly deviceKey: string;
};

export type BrowserSignIn = {
  /** Opens the system browser and waits for it. Rejects when it was cancelled, took too long, or no browser opened. */
  readonly wait: (deviceName: string) => Promise<BrowserProof>;
  /** Opens the same page again, as after a closed tab. */
  readonly reopen: () => Promise<void>;
  readonly cancel: () => void;
};

export type BrowserSignInDeps = {
  readonly backendUrl: string;
  readonly shell: Pick<ShellPort, 'openSignIn'>;
  readonly timers: Timers;
  readonly log: ConsoleLog;
};

/** AU-02. The pages of the server are open for longer, and then say that they were. */
const PATIENCE_MS = 10 * 60_000;

const Arrival = z.strictObject({
  state: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  code: z.string().regex(/^[A-Za-z0-9_-]{20,200}$/),
});

const random = () => randomBytes(32).toString('base64url');
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

const CANCELLED = new ConsoleError('refused', 'You cancelled the sign-in.', 'Start again whenever you like.');
const EXPIRED = new ConsoleError(
  'refused',
  'Nobody signed in within ten minutes.',
  'Start again; the browser opens anew.',
);
const UNOPENED = new ConsoleError(
  'refused',
  'The browser could not be opened.',
  'Check that this computer has a default browser, or sign in with your password here.',
);

type Waiting = {
  readonly listener: VisitListener;
  readonly url: string;
  readonly end: (error: ConsoleError) => void;
};

/**
 * Sign-in in the system browser (RFC 8252): PKCE with S256, a state, and one visit to loopback (AU-02, AU-03). All of it is made anew for
 * each attempt and forgotten with it. A second attempt ends the first.
 */
export function createBrowserSignIn({ backendUrl, shell, timers, log }: BrowserSignInDeps): BrowserSignIn {
  let waiting: Waiting | null = null;

  async function wait(deviceName: string): Promise<BrowserProof> {
    waiting?.end(CANCELLED);
    const listener = await openVisitListener();
    const [verifier, state, deviceKey] = [random(), random(), random()];
    const query = new URLSearchParams({
      code_challenge: digest(verifier),
      code_challenge_method: 'S256',
      state,
      port: String(listener.port),
      device_key: digest(deviceKey),
      device_name: deviceName,
    });
    const url = `${backendUrl}/sign-in?${query}`;
    let stopTimer: () => void = () => undefined;
    let mine: Waiting | null = null;
    try {
      const code = await new Promise<string>((resolve, reject) => {
        mine = { listener, url, end: reject };
        waiting = mine;
        stopTimer = timers.after(PATIENCE_MS, () => reject(EXPIRED));
        listener.expect({
          path: '/signed-in',
          read(given) {
            const { data } = Arrival.safeParse(given);
            return data && same(data.state, state) ? data.code : null;
          },
          words: () => ['Go back to Astrix Console', 'You are signed in there. You can close this tab.'],
          onArrival: resolve,
        });
        shell.openSignIn(url).then(
          opened => opened || reject(UNOPENED),
          () => reject(UNOPENED),
        );
      });
      log('sign-in: the browser came back', {});
      return { code, verifier, port: listener.port, deviceKey };
    } catch (error) {
      listener.close();
      throw error;
    } finally {
      stopTimer();
      if (waiting === mine) waiting = null;
    }
  }

  return {
    wait,
    async reopen() {
      if (waiting !== null && !(await shell.openSignIn(waiting.url))) waiting.end(UNOPENED);
    },
    cancel: () => waiting?.end(CANCELLED),
  };
}
