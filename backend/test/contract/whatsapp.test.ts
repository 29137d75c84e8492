import { afterAll, beforeAll, expect, test } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import type { Account } from '../../src/providers/provider.ts';
import { whatsapp } from '../../src/providers/whatsapp/connector.ts';
import { LIMIT_FIELD } from '../../src/providers/whatsapp/facts.ts';
import { fetchMedia } from '../../src/providers/whatsapp/media.ts';
import { type ProviderRig, providerRig, readEverything, type Seen } from '../providers/rig.ts';
import { describeSpecs } from './official/cases.ts';
import { official } from './official/index.ts';

const settings = { phoneNumberId: '200000000000001', businessAccountId: '100000000000001' };
const account: Account = { id: settings.phoneNumberId, name: 'x', detail: null, settings };

/** Paths of the document that fit each call; several fit a number. */
const as = ({ url }: Seen): string => {
  if (url.includes('/phone_numbers')) return '/{Version}/{WABA-ID}/phone_numbers';
  if (url.includes('/message_templates')) return '/{Version}/{WABA-ID}/message_templates';
  return url.startsWith('/v23.0/2') ? '/{Version}/{Phone-Number-ID}' : '/{Version}/{Media-ID}';
};

/** What Meta has and the document of November 2025 leaves out. */
const LEFT_OUT = [
  // Graph's own paging works on every list.
  /^\/v23\.0\/\d+\/message_templates: query\.(?:limit|after): is not in the document/,
  // The document ends a list without saying how its next page is told.
  /message_templates: body\.paging\.next: is not in the document/,
  // Since October 2025, as Meta's pages on messaging limits say.
  new RegExp(`body\\.${LIMIT_FIELD}: is not in the document`),
];

describeSpecs('what is read of WhatsApp against the OpenAPI document of Meta (v23.0)', () => {
  let rig: ProviderRig;
  let seen: readonly Seen[];

  beforeAll(async () => {
    rig = await providerRig();
    for (const token of ['EAAGsandbox-token-1', 'another-token-of-meta']) {
      const api = rig.api('whatsapp', { kind: 'key', fields: { token: secret(token) } }, { account, settings });
      await whatsapp.identify(api);
      await readEverything('whatsapp', api);
      await fetchMedia(api, '300000000000001');
    }
    seen = rig.seen.filter(({ host }) => host === 'graph.facebook.com');
  });
  afterAll(() => rig.close());

  const found = (check: (one: Seen) => readonly string[]) =>
    seen.flatMap(one => check(one).map(fault => `${one.url.split('?')[0]}: ${fault}`));
  const unexpected = (faults: readonly string[]) => faults.filter(fault => !LEFT_OUT.some(known => known.test(fault)));

  test('S22: every call of ours is one that Meta describes', () => {
    expect(seen.length).toBeGreaterThan(10);
    const faults = found(one =>
      official('whatsapp')!.request({
        method: one.method,
        host: one.host,
        path: one.url,
        headers: { authorization: one.headers.authorization },
        as: as(one),
      }),
    );
    expect(unexpected(faults)).toEqual([]);
  });

  test('S22: every answer of the imitation is one that Meta would give', () => {
    const faults = found(one =>
      official('whatsapp')!.reply({
        method: one.method,
        path: one.url,
        status: one.status,
        body: one.reply,
        as: as(one),
      }),
    );
    expect(unexpected(faults)).toEqual([]);
  });

  test('the bytes of a file come from a host that the document does not name', () => {
    const outside = rig.seen.filter(({ host }) => host !== 'graph.facebook.com');
    expect(new Set(outside.map(({ host }) => host))).toEqual(new Set(['lookaside.fbsbx.com']));
  });
});
