import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CallName, CHANNELS, type Channel, IPC_ERRORS, IPC_MAX_DEPTH } from '../../shared/ipc.ts';
import { APP_PAGE, isOwnOrigin } from '../guard/rules.ts';
import type { Handlers } from '../ports.ts';
import { ACCEPTED, id } from '../testkit/accepted.ts';
import { ConsoleError } from './errors.ts';
import { type Caller, createRouter } from './router.ts';

const CALLS = Object.keys(ACCEPTED) as CallName[];
const WITH_ARGUMENT = CALLS.filter(name => ACCEPTED[name] !== undefined);

const own: Caller = { frame: { url: `${APP_PAGE}#/c/1`, isTop: true }, knownWindow: true };

/** A router whose handlers only note that they were entered; `answers` gives what one of them returns. */
function world(answers: Partial<Record<CallName, () => unknown>> = {}, signedIn = true) {
  const entered: { name: string; args: unknown }[] = [];
  const logged: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const handlers = Object.fromEntries(
    CALLS.map(name => [
      name,
      async (args: unknown) => {
        entered.push({ name, args });
        return answers[name]?.() ?? null;
      },
    ]),
  ) as unknown as Handlers;
  const route = createRouter({
    handlers,
    signedIn: () => signedIn,
    isOwnOrigin,
    log: (event, fields) => logged.push({ event, fields }),
  });
  return { route, entered, logged };
}

const prototypeKeys = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());
afterEach(() => {
  // Whatever a test threw at the router, nothing of it may stay on everybody's prototype.
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(prototypeKeys);
  vi.restoreAllMocks();
});

const FORGERIES: readonly (readonly [string, Caller])[] = [
  ['no frame', { frame: null, knownWindow: true }],
  ['a frame that is gone, of a window that is gone', { frame: null, knownWindow: false }],
  ['a frame inside of the page', { frame: { url: APP_PAGE, isTop: false }, knownWindow: true }],
  ['a file', { frame: { url: 'file:///app/out/renderer/index.html', isTop: true }, knownWindow: true }],
  ['about:blank', { frame: { url: 'about:blank', isTop: true }, knownWindow: true }],
  [
    'the developer tools',
    { frame: { url: 'devtools://devtools/bundled/devtools_app.html', isTop: true }, knownWindow: true },
  ],
  ['a window that the factory did not make', { frame: { url: APP_PAGE, isTop: true }, knownWindow: false }],
  ['our window after it went elsewhere', { frame: { url: 'https://evil.example/', isTop: true }, knownWindow: true }],
  ['a look-alike of our page', { frame: { url: 'app://console.evil/index.html', isTop: true }, knownWindow: true }],
];

describe('who may ask', () => {
  test.each(FORGERIES)('SH-10: %s is refused on every channel, and no handler is entered', async (_who, caller) => {
    const { route, entered } = world();
    for (const name of CALLS) {
      const reply = await route(caller, name, ACCEPTED[name]);
      expect(reply, name).toMatchObject({ ok: false, error: { code: 'forbidden_sender' } });
    }
    expect(entered).toEqual([]);
  });

  test('SH-10: the caller is judged before the first await, so a page that leaves at once is still caught', () => {
    const { route, entered } = world();
    void route({ ...own, knownWindow: false }, 'app.setTitle', { title: 'x' });
    void route(own, 'app.setTitle', { title: 'x' });
    // Nothing was awaited between the calls and this line.
    expect(entered).toEqual([{ name: 'app.setTitle', args: { title: 'x' } }]);
  });

  test('SH-10: our own page reaches every handler', async () => {
    const { route, entered } = world();
    for (const name of CALLS) await route(own, name, ACCEPTED[name]);
    expect(entered.map(call => call.name)).toEqual(CALLS);
  });

  test('SH-14: without a session only the channels that are open before sign-in are entered', async () => {
    const { route, entered } = world({}, false);
    for (const name of CALLS) {
      const reply = await route(own, name, ACCEPTED[name]);
      if (CHANNELS[name].session) expect(reply, name).toMatchObject({ ok: false, error: { code: 'signed_out' } });
    }
    expect(entered.map(call => call.name)).toEqual(CALLS.filter(name => !CHANNELS[name].session));
    expect(entered.map(call => call.name)).not.toContain('inbox.list');
  });
});

describe('what may be asked', () => {
  const NO_CHANNELS = [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    'changed',
    'navigate',
    'accountChanged',
    'inbox',
    'inbox.',
    'Inbox.list',
    'inbox.list ',
    '',
    null,
    undefined,
    0,
    {},
    ['inbox.list'],
    { toString: () => 'inbox.list' },
  ];
  test.each(NO_CHANNELS)('SH-14: %j is no channel', async name => {
    const { route, entered } = world();
    expect(await route(own, name, undefined)).toMatchObject({ ok: false, error: { code: 'unknown_channel' } });
    expect(entered).toEqual([]);
  });

  test('SH-14: a key that the schema does not know is refused on every channel with an argument', async () => {
    const { route, entered } = world();
    for (const name of WITH_ARGUMENT) {
      const reply = await route(own, name, { ...(ACCEPTED[name] as object), extra: 1 });
      expect(reply, name).toMatchObject({ ok: false, error: { code: 'bad_argument' } });
    }
    expect(entered).toEqual([]);
  });

  test('SH-14: an argument where none belongs is refused', async () => {
    const { route, entered } = world();
    for (const name of CALLS.filter(call => ACCEPTED[call] === undefined))
      expect(await route(own, name, {}), name).toMatchObject({ ok: false, error: { code: 'bad_argument' } });
    expect(entered).toEqual([]);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('SH-14: the key %s is refused at any depth', async key => {
    const { route, entered } = world();
    const poison = JSON.parse(`{"${key}":{"polluted":true}}`) as object;
    for (const name of WITH_ARGUMENT) {
      const given = ACCEPTED[name] as object;
      const own0 = Object.defineProperty({ ...given }, key, { value: { polluted: true }, enumerable: true });
      for (const args of [poison, own0, { ...given, deep: { deeper: [poison] } }])
        expect(await route(own, name, args), name).toMatchObject({ ok: false, error: { code: 'bad_argument' } });
    }
    const panels = JSON.parse(`{"panels":{"${key}":5}}`) as object;
    expect(await route(own, 'settings.set', panels)).toMatchObject({ ok: false, error: { code: 'bad_argument' } });
    expect(entered).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('SH-14: what is nested deeper than the cap, or endless, is refused', async () => {
    const { route, entered } = world();
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: nested(depth - 1) });
    const endless: { self?: unknown } = {};
    endless.self = endless;
    const many = Array.from({ length: 10 }).reduce<unknown>(below => Array(10).fill(below), 'x');
    for (const args of [nested(IPC_MAX_DEPTH + 1), nested(5000), endless, [endless]])
      expect(await route(own, 'settings.set', args)).toMatchObject({
        ok: false,
        error: { code: 'bad_argument', reason: expect.stringContaining('nested too deep') },
      });
    expect(await route(own, 'settings.set', many)).toMatchObject({ ok: false, error: { code: 'too_large' } });
    expect(entered).toEqual([]);
  });

  test('SH-14: more than 1 MiB is refused, as one text, as many keys and as a long list', async () => {
    const { route, entered } = world();
    const large = [
      { title: 'x'.repeat(600_000) },
      Object.fromEntries(Array.from({ length: 90_000 }, (_, key) => [`key-${key}`, 0])),
      { titles: Array(140_000).fill(0) },
    ];
    for (const args of large)
      expect(await route(own, 'app.setTitle', args)).toMatchObject({ ok: false, error: { code: 'too_large' } });
    expect(entered).toEqual([]);
  });

  const NOT_PLAIN: readonly (readonly [string, unknown])[] = [
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a big number', 1n],
    ['a date', new Date(0)],
    ['a map', new Map([['__proto__', 1]])],
    ['a set', new Set([1])],
    ['bytes', new Uint8Array(4)],
    ['a buffer', new ArrayBuffer(4)],
    ['an error', new Error('x')],
    ['a pattern', /x/],
    ['a promise', Promise.resolve(1)],
    ['an object of a class', new (class Thing {})()],
  ];
  test.each(NOT_PLAIN)('SH-14: %s is not plain data', async (_what, value) => {
    const { route, entered } = world();
    for (const args of [value, { title: value }, { title: [value] }])
      expect(await route(own, 'app.setTitle', args)).toMatchObject({ ok: false, error: { code: 'bad_argument' } });
    expect(entered).toEqual([]);
  });

  test('SH-14: a setting without a value is refused here, not by what keeps the settings', async () => {
    const { route, entered } = world();
    const reply = await route(own, 'settings.set', { theme: undefined });
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad_argument' } });
    expect(entered).toEqual([]);
  });

  /** An argument that is almost right: one field of a good one replaced, removed or added. */
  const almost = (name: CallName) => {
    const good = (ACCEPTED[name] ?? {}) as Record<string, unknown>;
    const anything = fc.anything({ withNullPrototype: true, withMap: true, withSet: true, withTypedArray: true });
    return fc.oneof(
      anything,
      fc
        .tuple(fc.constantFrom(...Object.keys(good), 'extra'), anything)
        .map(([key, value]) => ({ ...good, [key]: value })),
      fc
        .tuple(fc.constantFrom('__proto__', 'constructor', 'prototype'), anything)
        .map(([key, value]) =>
          Object.defineProperty({ ...good }, key, { value, enumerable: true, configurable: true }),
        ),
      fc.string({ unit: 'binary', maxLength: 10_000 }).map(text => ({ ...good, text, title: text, q: text })),
    );
  };
  test.each(CALLS)(
    'SH-14: whatever is thrown at %s ends in a value, and only what its schema accepts gets in',
    async name => {
      const { route, entered } = world();
      const channel: Channel = CHANNELS[name];
      await fc.assert(
        fc.asyncProperty(almost(name), async args => {
          entered.length = 0;
          const reply = await route(own, name, args);
          if (!reply.ok) {
            expect(IPC_ERRORS).toContain(reply.error.code);
            expect(reply.error.reason.length).toBeGreaterThan(5);
          }
          for (const call of entered) expect(channel.args.safeParse(call.args).success).toBe(true);
          if (!channel.args.safeParse(args).success) expect(entered).toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe('what goes back', () => {
  const CANARY = 'astrix-refresh-canary-7f3a';

  test('SH-15: an answer that carries more than its schema names does not leave main', async () => {
    for (const [name, value] of [
      ['account.state', { status: 'totp', accessToken: CANARY }],
      ['app.setTitle', { refreshToken: CANARY }],
      ['settings.get', { theme: 'dark', cacheKey: CANARY }],
      ['clients.current', { clientId: id, key: CANARY }],
      ['sync.status', CANARY],
    ] as const) {
      const { route, logged } = world({ [name]: () => value });
      const reply = await route(own, name, ACCEPTED[name]);
      expect(reply, name).toMatchObject({ ok: false, error: { code: 'bad_result' } });
      expect(JSON.stringify([reply, logged])).not.toContain(CANARY);
      expect(logged).toMatchObject([{ event: 'ipc result does not fit', fields: { channel: name } }]);
    }
  });

  test('SH-15: the words of a fault stay in main; only that there was one is told and noted', async () => {
    for (const thrown of [new Error(`bad token ${CANARY}`), CANARY, { token: CANARY }, null]) {
      const { route, logged } = world({
        'app.info': () => {
          throw thrown;
        },
      });
      const reply = await route(own, 'app.info', undefined);
      expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } });
      expect(JSON.stringify([reply, logged])).not.toContain(CANARY);
      expect(logged).toHaveLength(1);
    }
  });

  test('SH-14: a refusal that a person can act on goes back as it is, without a stack', async () => {
    const { route } = world({
      'app.openLink': () => {
        throw new ConsoleError('refused', 'Only https addresses are opened.', 'Copy the text if you need it.');
      },
    });
    expect(await route(own, 'app.openLink', ACCEPTED['app.openLink'])).toEqual({
      ok: false,
      error: {
        code: 'refused',
        reason: 'Only https addresses are opened.',
        next: 'Copy the text if you need it.',
        serverCode: null,
        reference: null,
        retryAfterSeconds: null,
        fields: [],
      },
    });
  });

  test('SH-14: a good answer goes back as a value', async () => {
    const { route } = world({ 'clients.current': () => ({ clientId: id }) });
    expect(await route(own, 'clients.current', undefined)).toEqual({ ok: true, value: { clientId: id } });
  });

  test('SH-19: no text of an answer is drawn in another order than it is written', async () => {
    const state = {
      ...{ status: 'signed-in', personId: id, name: '\u202enoitartsinimda', email: 'a@b.example', role: 'agent' },
      ...{ agencyName: 'Agency', permissions: [], storage: { mode: 'memory', reason: 'absent' } },
    };
    const { route } = world({ 'account.state': () => state });
    expect(await route(own, 'account.state', undefined)).toMatchObject({ ok: true, value: { name: 'noitartsinimda' } });
  });

  describe('with a slow clock', () => {
    let at = 0;
    beforeEach(() => {
      at = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => at);
    });
    test('a call of more than 40 ms is noted with its channel and without its argument', async () => {
      const { route, logged } = world({
        'inbox.search': () => {
          at += 41;
          return [];
        },
      });
      await route(own, 'inbox.search', { clientId: null, q: 'secret words', limit: 5 });
      expect(logged).toEqual([{ event: 'slow ipc', fields: { channel: 'inbox.search', ms: 41 } }]);
    });
    test('a call of 40 ms is not', async () => {
      const { route, logged } = world({
        'inbox.search': () => {
          at += 40;
          return [];
        },
      });
      await route(own, 'inbox.search', ACCEPTED['inbox.search']);
      expect(logged).toEqual([]);
    });
  });
});
