import { createDialer, createSandboxDialer, type DialParts } from './dial.ts';
import { exchange } from './exchange.ts';
import { EgressError } from './failures.ts';

export type FetchInit = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
/** Asks an address that a person has typed, or that such an address has named. */
export type FetchTyped = (url: string, init?: FetchInit) => Promise<Response>;

const TIMEOUT_MS = 8000;
/** A key set of an identity provider has some 10 KB. */
const MAX_BYTES = 262_144;
const LOOPBACK = /^127\.0\.0\.1$/;

/**
 * For hosts that no manifest can name, such as the identity provider of an agency. Public addresses over verified TLS on port 443 only, no
 * redirects, small replies, one attempt (EG-01). Outside of production also http on this machine, for a provider that a test starts. Throws
 * EgressError.
 */
export function createFetchTyped(
  production: boolean,
  parts: { readonly dial?: DialParts } = {},
): { readonly fetch: FetchTyped; readonly close: () => Promise<void> } {
  const dialer = createDialer(parts.dial);
  const local = createSandboxDialer();
  return {
    async fetch(address, { method = 'GET', headers = {}, body } = {}) {
      const url = URL.parse(address);
      const isLocal = !production && url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
      const isPublic = url?.protocol === 'https:' && url.port === '';
      if (url === null || !(isLocal || isPublic) || url.username !== '' || url.password !== '')
        throw new EgressError('refused', 'host');
      if (method !== 'GET' && method !== 'POST') throw new EgressError('refused', 'request');
      const reply = await exchange(isLocal ? local : dialer, {
        method,
        url,
        headers,
        body: body === undefined || body === null ? null : String(body),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      });
      if (typeof reply.body === 'string') throw new EgressError('ambiguous', reply.body);
      const noBody = reply.status === 204 || reply.status === 304;
      return new Response(noBody ? null : new Uint8Array(reply.body), {
        status: reply.status,
        headers: Object.entries(reply.headers).filter(([name]) => name === 'content-type' || name === 'cache-control'),
      });
    },
    async close() {
      await Promise.all([dialer.destroy(), local.destroy()]);
    },
  };
}
