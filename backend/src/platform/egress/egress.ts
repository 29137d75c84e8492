import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';

/** Only what the caller may use: hosts by name, and in development the loopback address of the provider sandbox. */
export type EgressRules = { readonly hosts: readonly string[]; readonly loopback: string | null };

export type EgressRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
};

export type EgressReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * `refused` never left this machine. `unreached` was not delivered: it may be sent again. `ambiguous` may have been executed:
 * it must not be repeated blindly (EG-04).
 */
export class EgressError extends Error {
  readonly kind: 'refused' | 'unreached' | 'ambiguous';
  constructor(kind: 'refused' | 'unreached' | 'ambiguous', message: string) {
    super(message);
    this.name = 'EgressError';
    this.kind = kind;
  }
}

const MAX_REPLY_BYTES = 1_048_576;
const UNREACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'EGRESS_PRIVATE',
]);

export type Egress = {
  readonly send: (outgoing: EgressRequest) => Promise<EgressReply>;
  readonly close: () => Promise<void>;
};

/** The only client of the network: host list, no redirects, no private addresses, capped replies (EG-01, EG-02). */
export function createEgress(rules: EgressRules): Egress {
  const agent = new Agent({
    connect: { timeout: 5000, lookup: publicLookup },
    keepAliveTimeout: 30_000,
    maxResponseSize: MAX_REPLY_BYTES,
  });
  const sandbox = new Agent({ connect: { timeout: 2000 } });
  return {
    async send(outgoing) {
      const url = new URL(outgoing.url);
      const local = rules.loopback !== null && url.origin === rules.loopback;
      if (
        !local &&
        (url.protocol !== 'https:' || !rules.hosts.includes(url.hostname) || url.port !== '' || url.username !== '')
      ) {
        throw new EgressError('refused', `the host ${url.hostname} is not on the list`);
      }
      try {
        const reply = await request(url, {
          method: outgoing.method,
          headers: outgoing.headers,
          body: outgoing.body ?? null,
          dispatcher: local ? sandbox : agent,
          headersTimeout: outgoing.timeoutMs,
          bodyTimeout: outgoing.timeoutMs,
          signal: AbortSignal.timeout(outgoing.timeoutMs * 2),
        });
        return { status: reply.statusCode, headers: flatten(reply.headers), body: await capped(reply.body) };
      } catch (error) {
        if (error instanceof EgressError) throw error;
        const code = (error as { code?: string }).code ?? '';
        throw new EgressError(
          UNREACHED.has(code) ? 'unreached' : 'ambiguous',
          `no usable reply (${code || (error as Error).name})`,
        );
      }
    },
    close: async () => {
      await Promise.all([agent.close(), sandbox.close()]);
    },
  };
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

async function capped(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MAX_REPLY_BYTES) throw new EgressError('ambiguous', 'the reply is larger than allowed');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Judges the address that is really connected to, so that a name cannot answer one thing to a check and another to the socket. */
function publicLookup(
  hostname: string,
  options: object,
  callback: (error: NodeJS.ErrnoException | null, address: never, family: never) => void,
): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, undefined as never, undefined as never);
    const usable = addresses.filter(entry => isPublicAddress(entry.address));
    if (usable.length === 0) {
      const refused = Object.assign(new Error('the name resolves to no public address'), { code: 'EGRESS_PRIVATE' });
      return callback(refused, undefined as never, undefined as never);
    }
    const { all } = options as { all?: boolean };
    if (all) return callback(null, usable as never, undefined as never);
    return callback(null, usable[0]?.address as never, usable[0]?.family as never);
  });
}

const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const numberOf = (v4: string) => v4.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** False for loopback, private, link-local, documentation, multicast and mapped addresses. IPv6 only from the global unicast range. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) {
    const value = numberOf(address);
    return !PRIVATE_V4.some(
      ([base, bits]) => Math.floor(value / 2 ** (32 - bits)) === Math.floor(numberOf(base) / 2 ** (32 - bits)),
    );
  }
  if (isIP(address) !== 6) return false;
  const first = Number.parseInt(address.split(':', 1)[0] || '0', 16);
  const tunnelled = /^(2001:0?:|2001:0?db8|2002:|64:ff9b)/i.test(address);
  return first >= 0x2000 && first <= 0x3fff && !tunnelled;
}
