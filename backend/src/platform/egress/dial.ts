import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { isPublicAddress } from './addresses.ts';
import { EgressError } from './failures.ts';

/** Where names and certificates come from. Only tests say anything here; a test holds that the program does not. */
export type DialParts = {
  readonly lookup?: (
    hostname: string,
    options: { all: true },
    callback: (error: Error | null, addresses: LookupAddress[]) => void,
  ) => void;
  readonly judge?: (address: string) => boolean;
  readonly ca?: string;
  readonly port?: number;
};

const CONNECT_MS = 5000;
const SANDBOX_CONNECT_MS = 2000;

/**
 * Connects to public addresses over verified TLS 1.2 or newer, and to nothing else. Proxies of the environment are not used. Whatever goes
 * wrong here happened before anything was sent, so it is `unreached` and never `ambiguous` (EG-01, EG-05).
 */
export function createDialer(parts: DialParts = {}): Agent {
  const judge = parts.judge ?? isPublicAddress;
  const connect = buildConnector({
    timeout: CONNECT_MS,
    lookup: judgedLookup(parts.lookup ?? lookup, judge),
    minVersion: 'TLSv1.2',
    allowH2: false,
    // A resumed session skips the check of the name, so each connection makes its own.
    maxCachedSessions: 0,
    ...(parts.ca ? { ca: parts.ca } : {}),
  });
  return new Agent({
    connections: 256,
    keepAliveTimeout: 30_000,
    connect: (options, callback) => {
      const failed = (reason: string) => callback(new EgressError('unreached', reason), null);
      // The resolver is not asked about an address, so an address may not stand for a name.
      if (options.protocol !== 'https:' || isIP(options.hostname) !== 0) return failed('private-address');
      connect(parts.port ? { ...options, port: String(parts.port) } : options, (error, socket) => {
        if (error !== null) return failed(reasonOf(error));
        // An environment variable can turn the verification off, but not what it found.
        const verified = socket instanceof TLSSocket && socket.authorized;
        if (verified && judge(socket.remoteAddress ?? '')) return callback(null, socket);
        socket.destroy();
        return failed(verified ? 'private-address' : 'certificate');
      });
    },
  });
}

/** Reaches the provider sandbox on loopback; outside production only, as `checkRules` holds. */
export const createSandboxDialer = (): Agent =>
  new Agent({
    connections: 256,
    connect: (options, callback) => {
      if (options.protocol !== 'http:' || options.hostname !== '127.0.0.1')
        return callback(new EgressError('unreached', 'private-address'), null);
      loopback(options, (error, socket) =>
        error === null ? callback(null, socket) : callback(new EgressError('unreached', reasonOf(error)), null),
      );
    },
  });
const loopback = buildConnector({ timeout: SANDBOX_CONNECT_MS, allowH2: false });

/**
 * Judges the very addresses that are connected to, so that a name cannot answer one thing to a check and another to the socket. One private
 * address among public ones is refused as a whole: no provider answers like that.
 */
function judgedLookup(resolve: NonNullable<DialParts['lookup']>, judge: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => judge(address)))
        return callback(new EgressError('unreached', 'private-address'), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME_MISMATCH/;

/** A word of ours for what a socket says. */
function reasonOf(error: Error & { code?: string }): string {
  if (error instanceof EgressError) return error.reason;
  const code = error.code ?? '';
  if (/ENOTFOUND|EAI_/.test(code)) return 'name';
  if (/TIMEOUT|TIMEDOUT/.test(code)) return 'connect-timeout';
  if (CERTIFICATE.test(code)) return 'certificate';
  return /SSL|TLS|EPROTO/.test(code) ? 'tls' : 'connect';
}
