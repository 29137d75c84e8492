import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../src/kernel/clock.ts';
import { migrate, openDb, withSystem } from '../../src/platform/db/index.ts';
import { MIGRATIONS } from '../../src/platform/db/migrate.ts';
import { InboundEvent } from '../../src/providers/messaging.ts';
import '../../src/modules/contacts/index.ts';
import '../../src/modules/webhooks/index.ts';

const clock = manualClock(new Date('2026-11-20T06:30:00.000Z'));
const before = mkdtempSync(join(tmpdir(), 'astrix-migrations-'));
afterAll(() => rmSync(before, { recursive: true, force: true }));

const AT = '2026-11-20T06:00:00.000Z';
const ASHA = { phone: '919876543210', bsuid: 'IN.1' };

/** Events as the version before the migration 0050 stored them, and as they are read now. */
const EVENTS: readonly (readonly [before: object, now: object])[] = [
  [
    {
      kind: 'message',
      providerId: 'wamid.1',
      sentAt: AT,
      from: { ...ASHA, name: 'Asha' },
      messageKind: 'text',
      // Looks like the key that is renamed, and is the customer's own text.
      text: 'my "bsuid": is none',
      media: null,
      replyTo: null,
    },
    { from: { phone: ASHA.phone, userId: 'IN.1', name: 'Asha' }, text: 'my "bsuid": is none' },
  ],
  [
    { kind: 'preference', from: { phone: null, bsuid: 'IN.1' }, scope: 'all', stop: true, at: AT },
    { from: { phone: null, userId: 'IN.1' }, stop: true },
  ],
  [
    { kind: 'identity', was: ASHA, is: { phone: null, bsuid: 'IN.2' }, at: AT },
    { was: { phone: ASHA.phone, userId: 'IN.1' }, is: { phone: null, userId: 'IN.2' } },
  ],
  [
    { kind: 'delete', target: 'wamid.1', deletedAt: AT },
    { kind: 'deletion', target: 'wamid.1' },
  ],
  [
    { kind: 'account', field: 'security', at: AT, detail: { a: 1 } },
    { kind: 'notice', reason: 'WhatsApp says about this account (security): {"a": 1}' },
  ],
  [
    { kind: 'status', providerId: 'wamid.2', messageId: null, status: 'read', at: AT, error: null },
    { status: 'read', fault: null },
  ],
  [
    {
      kind: 'status',
      providerId: 'wamid.2',
      messageId: null,
      status: 'failed',
      at: AT,
      error: { code: 131026, details: 'x' },
    },
    { fault: { code: '131026', reason: 'WhatsApp refused the message.' } },
  ],
  [{ kind: 'unknown', why: 'a status of an unknown kind', raw: '{}' }, { raw: '{}' }],
  [
    { kind: 'reaction', providerId: 'wamid.3', target: 'wamid.1', emoji: '', sentAt: AT },
    { target: 'wamid.1', emoji: '' },
  ],
];

test('F-22: events that wait and dead letters of the version before 0050 are read by this one', async () => {
  for (const name of readdirSync(MIGRATIONS).filter(name => name < '0050'))
    cpSync(join(MIGRATIONS, name), join(before, name));
  const db = await openDb({ dataDir: 'memory', clock });
  try {
    await migrate(db, before);
    const values = EVENTS.map(
      ([payload], n) =>
        `(gen_random_uuid(), 'whatsapp', 'e', 'k', 'n${n}', '${JSON.stringify(payload)}', now(), now(), now())`,
    );
    await db.internals.script(`
      insert into webhook_events (id, provider, entity, kind, natural_key, payload, received_at, next_at, expires_at)
      values ${values.join(', ')},
        (gen_random_uuid(), 'stripe', 'e', 'changed', 'hint', '{"kind":"changed","capability":"payments"}', now(), now(), now());`);
    await migrate(db);
    const events = await withSystem(db, 'telemetry', tx =>
      tx.selectFrom('webhook_events').select(['natural_key', 'topic', 'kind', 'payload']).orderBy('seq').execute(),
    );
    expect(events.map(({ topic }) => topic)).toEqual([...EVENTS.map(() => 'inbound'), 'change']);
    for (const [n, [, now]] of EVENTS.entries()) {
      const event = InboundEvent.parse(events[n]?.payload);
      expect(event).toMatchObject(now);
      expect(events[n]?.kind === 'k' ? event.kind : events[n]?.kind).toBe(event.kind);
      expect(JSON.stringify(events[n]?.payload)).not.toMatch(/(?<!\\)"(?:bsuid|error)":/);
    }
    expect(events.at(-1)?.payload).toEqual({ kind: 'changed', capability: 'payments' });
  } finally {
    await db.close();
  }
});
