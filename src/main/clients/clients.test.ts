import type { AccountNoticeRow } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import type { ClientView } from '../../shared/ipc.ts';
import { clientRow, id } from '../testkit/rows.ts';
import { createAnnouncer } from './announcer.ts';
import { isQuiet, istMinutes, noticesFor } from './notices.ts';
import { inOrder } from './order.ts';
import { trayModel } from './tray-model.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const view = (n: number, change: Partial<ClientView> = {}): ClientView => ({
  ...clientRow(n),
  lastUsedAt: null,
  unread: 0,
  failed: 0,
  closing: 0,
  waiting: 0,
  muted: false,
  ...change,
});
const arrived = (n: number, change: Partial<Parameters<typeof noticesFor>[0][number]> = {}) => ({
  clientId: id('c00', 1),
  conversationId: id('e00', n),
  messageId: id('100', n),
  contactName: 'Asha',
  text: 'Where is my order?',
  sentAt: NOW.toISOString(),
  seq: 1,
  ...change,
});
const nameOf = (clientId: string) => `Client ${Number(clientId.slice(-4))}`;

describe('quiet hours, in India', () => {
  test.each([
    ['2026-11-20T18:29:59.000Z', 1439],
    ['2026-11-20T18:30:00.000Z', 0],
    ['2026-11-20T06:30:00.000Z', 720],
    ['1969-12-31T20:00:00.000Z', 90],
  ])('%s is minute %i', (at, minute) => expect(istMinutes(new Date(at))).toBe(minute));

  const at = (minute: number) => new Date(Date.parse('2026-11-19T18:30:00.000Z') + minute * 60_000);
  test.each([
    ['within one day', 600, 720, [600, 719], [599, 720, 0, 1439]],
    ['over midnight', 1320, 420, [1320, 1439, 0, 419], [420, 1319, 720]],
    ['none when both are the same', 600, 600, [], [0, 600, 601, 1439]],
    ['none when one is missing', 600, null, [], [600, 700]],
  ] as const)('%s', (_what, quietFrom, quietTo, quiet, loud) => {
    const preference = { muted: false, quietFrom, quietTo };
    expect([...quiet].map(minute => isQuiet(preference, at(minute)))).toEqual(quiet.map(() => true));
    expect([...loud].map(minute => isQuiet(preference, at(minute)))).toEqual(loud.map(() => false));
  });

  test('muted is always quiet; without a preference nothing is', () => {
    expect(isQuiet({ muted: true, quietFrom: null, quietTo: null }, NOW)).toBe(true);
    expect(isQuiet(null, NOW)).toBe(false);
  });
});

describe('notices', () => {
  test('one for each conversation, with the text of the newest message, and the client in the title', () => {
    const earlier = new Date(NOW.getTime() - 5000).toISOString();
    const notices = noticesFor(
      [
        arrived(1, { text: 'second' }),
        arrived(1, { text: 'first', sentAt: earlier }),
        arrived(2, { clientId: id('c00', 2) }),
      ],
      nameOf,
      NOW,
    );
    expect(notices.map(({ title, body }) => [title, body])).toEqual([
      ['Asha · Client 1', 'second (2 messages)'],
      ['Asha · Client 2', 'Where is my order?'],
    ]);
  });

  test('of messages of one second it has the text of the one that arrived last, in whatever order they come', () => {
    const at = (seq: number) => arrived(1, { text: `message ${seq}`, seq });
    for (const order of [
      [1, 3, 2],
      [3, 2, 1],
      [2, 1, 3],
    ])
      expect(noticesFor(order.map(at), nameOf, NOW)[0]?.body).toBe('message 3 (3 messages)');
  });

  test('SH-19: a name cannot be drawn as another one', () => {
    const [notice] = noticesFor(
      [arrived(1, { contactName: '\u202enoitartsinimda', text: '\u202egnp.exe' })],
      nameOf,
      NOW,
    );
    expect([notice!.title, notice!.body]).toEqual(['noitartsinimda · Client 1', 'gnp.exe']);
  });

  test('what arrived while the machine slept is news no more', () => {
    const old = (ms: number) =>
      noticesFor([arrived(1, { sentAt: new Date(NOW.getTime() - ms).toISOString() })], nameOf, NOW).length;
    expect([old(600_000), old(600_001)]).toEqual([1, 0]);
  });

  test.each([
    ['', 'Sent a message'],
    ['  \n ', 'Sent a message'],
    ['a\n\nb\tc', 'a b c'],
    ['x'.repeat(500), 'x'.repeat(140)],
  ])('%j is said as %j', (text, body) => {
    expect(noticesFor([arrived(1, { text })], nameOf, NOW)[0]?.body).toBe(body);
  });
});

describe('what a provider says about an account', () => {
  const notice = (change: Partial<AccountNoticeRow> = {}): AccountNoticeRow => ({
    id: id('900', 1),
    clientId: id('c00', 1),
    connectionId: id('f00', 1),
    provider: 'whatsapp',
    topic: 'account',
    severity: 'stops',
    reason: 'WhatsApp banned this account',
    next: 'Appeal in WhatsApp Manager.',
    at: NOW.toISOString(),
    until: null,
    endedAt: null,
    ...change,
  });
  const told = async (notices: AccountNoticeRow[], looksAfterAccounts = true, muted = false) => {
    const shown: unknown[] = [];
    const announce = createAnnouncer({
      shell: { notify: (one: unknown) => shown.push(one), isFocused: () => true },
      settings: { get: () => ({ notifications: true }) },
      clock: { now: () => NOW },
      cache: () => ({
        clients: async () => [view(1)],
        rows: async () => ({ rows: [{ muted, quietFrom: null, quietTo: null }], next: null }),
      }),
      viewing: () => null,
      isPaused: () => false,
      looksAfterAccounts: () => looksAfterAccounts,
    } as unknown as Parameters<typeof createAnnouncer>[0]);
    await announce({ arrived: [], notices });
    return shown;
  };

  test('is told with the name of the client, and the click opens the connection', async () => {
    expect(await told([notice()])).toEqual([
      {
        title: 'WhatsApp banned this account · Client 1',
        body: 'Appeal in WhatsApp Manager.',
        target: { to: 'screen', screen: 'connections', clientId: id('c00', 1), at: id('f00', 1) },
      },
    ]);
  });

  test('is not told to those who cannot act, of a muted client, when nobody has to act, or when it is over', async () => {
    expect(await told([notice()], false)).toEqual([]);
    expect(await told([notice()], true, true)).toEqual([]);
    const over = new Date(NOW.getTime() - 1).toISOString();
    for (const change of [{ severity: 'tells' }, { endedAt: over }, { until: over }] as const)
      expect(await told([notice(change)])).toEqual([]);
  });
});

describe('the order of the rail', () => {
  const placesOf = (clients: ClientView[], placed: string[] = []) =>
    inOrder(clients, placed).map(client => Number(client.id.slice(-2)));

  test('is the one of the person, then the oldest first, and a new client comes last', () => {
    const clients = [
      view(4, { createdAt: '2026-11-19T00:00:00.000Z' }),
      view(3),
      view(2),
      view(1, { createdAt: '2026-11-20T00:00:00.000Z' }),
    ];
    expect(placesOf(clients)).toEqual([2, 3, 4, 1]);
    expect(placesOf(clients, [id('c00', 4), id('c00', 3)])).toEqual([4, 3, 2, 1]);
    expect(placesOf(clients, [id('c00', 99), id('c00', 3)])).toEqual([3, 2, 4, 1]);
  });

  test('use, unread messages and a new name move nothing', () => {
    const clients = [view(1), view(2), view(3)];
    const used = [
      view(1, { name: 'Z', unread: 0 }),
      view(2, { unread: 9, failed: 1 }),
      view(3, { lastUsedAt: '2026-11-20T00:00:00.000Z', name: 'A' }),
    ];
    expect(placesOf(used)).toEqual(placesOf(clients));
  });
});

describe('the tray', () => {
  const state = { signedIn: true, online: true, paused: false };
  const clientLabels = (clients: ClientView[], current: string | null = null) =>
    trayModel(clients, current, state).items.flatMap(item => (item.kind === 'client' ? [item.label] : []));

  test('nine clients, the others behind "More", the current one checked', () => {
    const clients = Array.from({ length: 12 }, (_, n) => view(n + 10, { unread: n }));
    const { items, unread } = trayModel(clients, id('c00', 13), state);
    expect(items.filter(item => item.kind === 'client')).toHaveLength(9);
    expect(items.flatMap(item => (item.kind === 'client' && item.checked ? [item.clientId] : []))).toEqual([
      id('c00', 13),
    ]);
    expect(items).toContainEqual({ kind: 'action', action: 'more', label: 'More… (3)', checked: false });
    expect(unread).toBe(66);
  });

  test('a long name is cut between characters, never within one', () => {
    const [label] = clientLabels([view(1, { name: '👩‍👩‍👧'.repeat(60), unread: 3 })]);
    expect(label).toBe(`${'👩‍👩‍👧'.repeat(49)}… (3)`);
    expect(clientLabels([view(1, { name: 'x'.repeat(50) })])).toEqual(['x'.repeat(50)]);
  });

  test.each([
    [{ signedIn: false, online: true }, 'signed out'],
    [{ signedIn: true, online: false }, 'offline'],
    [{ signedIn: true, online: true }, '4 unread'],
  ])('%j says "%s"', (now, words) => {
    expect(trayModel([view(1, { unread: 4 })], null, { ...now, paused: false }).tooltip).toBe(
      `Astrix Console – ${words}`,
    );
  });

  test('signed out there is a way back to the window and a way out, and nothing else', () => {
    const { items } = trayModel([], null, { signedIn: false, online: false, paused: false });
    expect(items.map(item => (item.kind === 'action' ? item.action : item.kind))).toEqual([
      'open',
      'separator',
      'quit',
    ]);
  });
});
