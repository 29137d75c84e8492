import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sourcesOf } from '../../../tools/boundaries.ts';
import { createEgress } from '../../src/platform/egress/index.ts';
import type { ProviderRules } from '../../src/platform/egress/rules.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { ask, createCanary, egressTo, PROVIDER, rememberedCalls, resolver } from './peer.ts';
import { HOSTILE_SHOPS } from './urls.ts';

let canary: Awaited<ReturnType<typeof createCanary>>;
beforeAll(async () => {
  canary = await createCanary();
});
afterEach(() => expect(canary.connections()).toBe(0));
afterAll(() => canary.close());

describe('EG-01: rules that would let a call go astray do not boot', () => {
  const boot = (over: Partial<ProviderRules>, production = false) =>
    createEgress({
      rules: { production, providers: [{ ...PROVIDER, ...over }] },
      clock: { now: () => new Date() },
      metrics: createMetrics(),
      log: silentLog,
      ledger: rememberedCalls(),
    });
  test.each(
    [
      '127.0.0.1',
      '[::1]',
      '8.8.8.8',
      'localhost',
      'x.local',
      'x.internal',
      'API.provider.co',
      'api.provider.co.',
      'api.provider.co:443',
      'https://api.provider.co',
      '*.provider.co',
      '{shop}',
      '{shop}.co',
      'a.{shop}.provider.co',
      'аpi.provider.co',
      '',
      'a@b.co',
      'a/b.co',
    ].map(host => [host]),
  )('the host «%s»', host => {
    expect(() => boot({ hosts: [host] })).toThrow('no public host');
  });
  test('no host, a sandbox that is not on loopback, or any sandbox in production', () => {
    expect(() => boot({ hosts: [] })).toThrow('names no host');
    for (const sandbox of [
      'https://127.0.0.1:1',
      'http://127.0.0.1',
      'http://127.0.0.2:80',
      'http://localhost:1',
      'http://127.0.0.1:1/',
      'http://127.0.0.1:1@evil.tld',
      'http://0.0.0.0:80',
    ])
      expect(() => boot({ sandbox }), sandbox).toThrow('loopback');
    expect(() => boot({ sandbox: 'http://127.0.0.1:4800' }, true)).toThrow('never in production');
    expect(() => boot({ sandbox: 'http://127.0.0.1:4800' })).not.toThrow();
    expect(() => boot({ budget: { default: { burst: 0, perSecond: 1 } } })).toThrow('budget');
  });

  test('only tests say where names and certificates come from', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const said = sourcesOf(root).filter(path =>
      /\bdial:|createDialer\((?!parts\.dial\))[^)]/.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(said).toEqual(['backend/src/platform/egress/dial.ts']);
  });
});

describe('VT-09: what a merchant types never chooses the host', () => {
  test('a shop is one plain label; anything else is refused before a name is asked for', async () => {
    const { lookup, asked } = resolver(['127.0.0.1']);
    const egress = egressTo({ dial: { lookup, judge: () => true, port: canary.port } });
    for (const hostPart of HOSTILE_SHOPS)
      expect(await egress.call(ask({ host: '{shop}.shops.provider.co', hostPart })), JSON.stringify(hostPart)).toEqual({
        kind: 'refused',
        reason: 'host-part',
      });
    // Neither a part for a host without one, nor such a host without its part.
    expect(await egress.call(ask({ hostPart: 'shop' }))).toMatchObject({ reason: 'host-part' });
    expect(await egress.call(ask({ host: '{shop}.shops.provider.co' }))).toMatchObject({ reason: 'host-part' });
    expect(await egress.call(ask({ provider: 'nobody' }))).toMatchObject({ kind: 'refused', reason: 'provider' });
    expect(asked()).toBe(0);
    await egress.close();
  });

  test('a plain one is asked for under the constant domain', async () => {
    const names: string[] = [];
    const egress = egressTo({
      dial: {
        lookup: (name, _, callback) => {
          names.push(name);
          callback(null, [{ address: '10.0.0.1', family: 4 }]);
        },
      },
    });
    await egress.call(ask({ host: '{shop}.shops.provider.co', hostPart: 'asha-sarees', effect: 'write' }));
    expect(names).toEqual(['asha-sarees.shops.provider.co']);
    await egress.close();
  });
});
