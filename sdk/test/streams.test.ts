import { type LiveEvent, newId, type SyncLine } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AstrixClient, createClient } from '../src/index.ts';
import { drained, type Loopback, opening, problem, startLoopback } from './loopback.ts';

let server: Loopback;
let client: AstrixClient;
beforeEach(async () => {
  server = await startLoopback();
  client = createClient({ baseUrl: server.url, accessToken: async () => null });
});
afterEach(() => server.close());

const LINES = 'application/x-ndjson';
const HELLO: SyncLine = {
  t: 'hello',
  epoch: newId(),
  personId: newId(),
  agencyId: newId(),
  clients: [newId()],
  serverTime: '2026-11-20T06:30:00.000Z',
  reset: false,
};
const STREAM: SyncLine[] = [
  HELLO,
  { t: 'rows', c: 'clients', rows: [{ name: 'मसाला \u2028 café 🪔', initials: '\\n"{}' }] },
  { t: 'gone', c: 'messages', ids: [newId()] },
  { t: 'cursor', cursor: 'e.1.1' },
  { t: 'end', cursor: 'e.2.1' },
];
const BYTES = Buffer.from(STREAM.map(line => `${JSON.stringify(line)}\n`).join(''));

/** Bodies that arrive in pieces of the test's choosing: a response made by hand, because a network joins what it likes. */
const inPieces = (type: string, ...pieces: readonly Uint8Array[]): AstrixClient =>
  createClient({
    baseUrl: server.url,
    accessToken: async () => null,
    fetch: async () => new Response(ReadableStream.from(pieces), { headers: { 'content-type': type } }),
  });

describe('the sync stream', () => {
  test('F-17: split at every byte it is the same', async () => {
    for (let at = 0; at <= BYTES.length; at++)
      expect(await drained(inPieces(LINES, BYTES.subarray(0, at), BYTES.subarray(at)).sync({}))).toEqual({
        got: STREAM,
        failure: null,
      });
    const single = Array.from(BYTES, byte => Uint8Array.of(byte));
    expect((await drained(inPieces(LINES, ...single).sync({}))).got).toEqual(STREAM);
  });

  test('F-17: cut at every byte it brings the whole lines before the cut and says that it was cut', async () => {
    const ends = [...BYTES.keys()].filter(at => BYTES[at] === 10);
    for (let length = 0; length < BYTES.length - 1; length++) {
      const { got, failure } = await drained(inPieces(LINES, BYTES.subarray(0, length)).sync({}));
      expect(got).toEqual(STREAM.slice(0, ends.filter(at => at < length).length));
      expect(failure?.kind).toBe('network');
    }
  });

  const BAD_LINES: readonly (readonly [string, string])[] = [
    ['a page', '<html>\n'],
    ['a line without a kind', '{"sql":"drop"}\n'],
    ['a collection whose name is no text', '{"t":"rows","c":7,"rows":[]}\n'],
    ['an id that is none', '{"t":"gone","c":"messages","ids":["1 or 1=1"]}\n'],
    ['a key that is missing', '{"t":"rows","c":"messages"}\n'],
    ['a row that is no object', '{"t":"rows","c":"messages","rows":["x"]}\n'],
    ['more rows than a line may hold', `${JSON.stringify({ t: 'rows', c: 'messages', rows: Array(501).fill({}) })}\n`],
  ];
  test.each(BAD_LINES)('F-08: %s ends it, and what came before stands', async (_what, line) => {
    const bytes = Buffer.from(`${JSON.stringify(HELLO)}\n${line}${JSON.stringify(STREAM[4])}\n`);
    const { got, failure } = await drained(inPieces(LINES, bytes).sync({}));
    expect(got).toEqual([HELLO]);
    expect(failure?.kind).toBe('not-astrix');
  });

  test('F-22: a line of a kind that only a newer server has is left out, and so are keys', async () => {
    const newer = ['{"t":"weather","rain":true}', JSON.stringify({ ...HELLO, admin: true })];
    const bytes = Buffer.from(`${[...newer, ...STREAM.slice(1).map(line => JSON.stringify(line))].join('\n')}\n`);
    expect(await drained(inPieces(LINES, bytes).sync({}))).toEqual({ got: STREAM, failure: null });
  });

  test('F-22: a server of the first version, which refuses the names of collections, is asked without them', async () => {
    const asked: string[] = [];
    const old = createClient({
      baseUrl: server.url,
      accessToken: async () => null,
      fetch: async input => {
        asked.push(new URL(String(input)).search);
        return String(input).includes('collections')
          ? new Response(problem({ code: 'invalid_request' }), {
              status: 400,
              headers: { 'content-type': 'application/problem+json' },
            })
          : new Response(BYTES, { headers: { 'content-type': LINES } });
      },
    });
    const pull = { since: 'e.1.1', collections: ['messages', 'parcels'], backfillCollections: ['parcels'] };
    expect(await drained(old.sync(pull))).toEqual({ got: STREAM, failure: null });
    expect(asked).toEqual(['?since=e.1.1&collections=messages%2Cparcels&backfillCollections=parcels', '?since=e.1.1']);
  });

  test('F-08: a line without an end is given up after a bound', async () => {
    const endless = Array.from({ length: 40 }, () => Buffer.alloc(1_048_576, 0x20));
    const { failure } = await drained(inPieces(LINES, ...endless).sync({}));
    expect(failure?.kind).toBe('not-astrix');
  });

  test('nothing after the end is looked at', async () => {
    const { got, failure } = await drained(inPieces(LINES, BYTES, Buffer.from('<html>\n')).sync({}));
    expect([got, failure]).toEqual([STREAM, null]);
  });

  test.each(['text/html', 'application/json', ''])('F-18: the type %j is not ours', async type => {
    expect((await drained(inPieces(type, BYTES).sync({}))).failure?.kind).toBe('not-astrix');
  });
});

describe('the live stream', () => {
  const EVENTS: LiveEvent[] = [
    { event: 'ready', data: { serverTime: '2026-11-20T06:30:00.000Z' } },
    { event: 'moved', data: {} },
    { event: 'ended', data: { reason: 'revoked' } },
  ];
  const text = (events: readonly object[]) =>
    events
      .map(one => `event: ${(one as LiveEvent).event}\ndata: ${JSON.stringify((one as LiveEvent).data)}\n\n`)
      .join('');

  test('F-17: split at every byte it is the same', async () => {
    const bytes = Buffer.from(text(EVENTS));
    for (let at = 0; at <= bytes.length; at++) {
      const { got } = await drained(inPieces('text/event-stream', bytes.subarray(0, at), bytes.subarray(at)).live({}));
      expect(got).toEqual(EVENTS);
    }
  });

  test('F-22: what a newer server says beyond this is passed over, and what is no JSON ends it', async () => {
    const newer = [
      { event: 'weather', data: { rain: true } },
      { event: 'ended', data: { reason: 'bored' } },
    ];
    const stream = (body: string) => drained(inPieces('text/event-stream', Buffer.from(body)).live({}));
    expect(await stream(text([...newer, ...EVENTS]))).toEqual({ got: EVENTS, failure: null });
    expect((await stream(`${text(EVENTS.slice(0, 1))}event: moved\ndata: <html>\n\n`)).failure?.kind).toBe(
      'not-astrix',
    );
  });

  test('a stream that breaks and one that is given up are told apart', async () => {
    server.answer = opening('text/event-stream', response => {
      response.write(text(EVENTS.slice(0, 1)), () => response.destroy());
    });
    expect(await drained(client.live({}))).toMatchObject({ got: EVENTS.slice(0, 1), failure: { kind: 'network' } });
    server.answer = opening('text/event-stream', response => void response.write(text(EVENTS.slice(0, 1))));
    const giving = new AbortController();
    const stream = client.live({ signal: giving.signal });
    await stream.next();
    const rest = drained(stream);
    giving.abort();
    expect((await rest).failure?.kind).toBe('aborted');
  });
});
