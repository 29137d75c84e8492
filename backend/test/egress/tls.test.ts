import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { sourcesOf } from '../../../tools/boundaries.ts';
import type { Egress } from '../../src/platform/egress/index.ts';
import { type Certificates, type Identity, makeCertificates, opensslMissing } from './certificates.ts';
import { ask, egressTo, resolver } from './peer.ts';

const missing = opensslMissing();
const made = missing === null ? makeCertificates() : null;

/** What reached the server inside of TLS: a refused connection delivers nothing. */
let asked: string[] = [];
let server: Server | null = null;
let egress: Egress | null = null;
afterEach(async () => {
  await egress?.close();
  server?.closeAllConnections();
  await new Promise(resolve => (server ? server.close(resolve) : resolve(null)));
  server = null;
  egress = null;
  asked = [];
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
});

async function serve(identity: Identity, only?: SecureVersion): Promise<Egress> {
  const old = only === 'TLSv1' || only === 'TLSv1.1';
  const versions = only ? { minVersion: only, maxVersion: only } : {};
  server = createServer(
    { ...identity, ...versions, ...(old ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}) },
    (request, reply) => {
      asked.push(`${request.headers.host}${request.url}`);
      reply.setHeader('content-type', 'application/json').end('{"ok":true}');
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { lookup } = resolver(['127.0.0.1']);
  egress = egressTo({
    dial: { lookup, judge: address => address === '127.0.0.1', port, ca: made?.ca ?? '' },
    random: () => 0,
  });
  return egress;
}

describe.skipIf(missing !== null)(`EG-05: whom we talk to${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const certificates = made as Certificates;

  test.each<SecureVersion | undefined>([undefined, 'TLSv1.2', 'TLSv1.3'])(
    'a good server over %s is answered',
    async only => {
      const to = await serve(certificates.good, only);
      expect(await to.call(ask())).toMatchObject({ kind: 'ok' });
      expect(asked).toEqual(['api.provider.co/v1/things/T1']);
    },
  );

  test.each<[string, keyof Omit<Certificates, 'ca'>]>([
    ['expired', 'expired'],
    ['not valid yet', 'notYet'],
    ['made out to another name', 'otherName'],
    ['signed by itself', 'selfSigned'],
    ['signed by an authority that nobody trusts', 'stranger'],
  ])('a certificate that is %s is refused, and a write was surely not delivered', async (_, which) => {
    const to = await serve(certificates[which]);
    for (const effect of ['read', 'write'] as const)
      expect(await to.call(ask({ effect }))).toMatchObject({ kind: 'retry', reason: 'certificate', status: null });
    expect(asked).toEqual([]);
  });

  test.each<[string, keyof Omit<Certificates, 'ca'>]>([
    ['expired', 'expired'],
    ['of another name', 'otherName'],
    ['self-signed', 'selfSigned'],
    ['of a stranger', 'stranger'],
  ])('an environment that turns the verification off does not: %s', async (_, which) => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    // In 1.2 a session can be kept before anybody has looked at the certificate.
    const to = await serve(certificates[which], 'TLSv1.2');
    // More than once: a session that is resumed must not get past what the first one did not.
    for (let n = 0; n < 3; n++)
      expect(await to.call(ask({ effect: 'write' }))).toMatchObject({ kind: 'retry', reason: 'certificate' });
    expect(asked).toEqual([]);
  });

  test.each<SecureVersion>(['TLSv1', 'TLSv1.1'])('a server that speaks no more than %s is refused', async only => {
    const to = await serve(certificates.good, only);
    const outcome = await to.call(ask({ effect: 'write' }));
    expect(outcome).toMatchObject({ kind: 'retry', status: null });
    expect(outcome.kind === 'retry' && outcome.reason).toMatch(/^(?:tls|connect)$/);
    expect(asked).toEqual([]);
  });
});

test('EG-05: nothing in the product can turn the verification off', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const words =
    /rejectUnauthorized(?!: true\b)|NODE_TLS_REJECT|checkServerIdentity|secureOptions|SSL_OP_|TLSv1(?:\.1)?['"]|insecureHTTPParser/;
  const said = sourcesOf(root).filter(path => words.test(readFileSync(join(root, path), 'utf8')));
  expect(said).toEqual([]);
  // Said outright, it holds whatever the environment of the process says.
  expect(words.test('rejectUnauthorized: true')).toBe(false);
  expect(words.test('rejectUnauthorized: false')).toBe(true);
  expect(words.test('rejectUnauthorized: verify')).toBe(true);
  expect(words.test("minVersion: 'TLSv1.2'")).toBe(false);
  expect(words.test("minVersion: 'TLSv1.1'")).toBe(true);
});
