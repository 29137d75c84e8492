import { brotliCompressSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import {
  type Answer,
  DEEP,
  drip,
  EMPTY,
  endless,
  gzipBomb,
  HEAD,
  huge,
  LOGIN_PAGE,
  MEGABYTE,
  type Plain,
  reply,
  say,
  utf16,
} from '../../sandbox/answers.ts';

export const Thing = z.object({
  id: z.string().max(40),
  state: z.enum(['ready', 'shipped']),
  paise: z.int().nonnegative(),
  note: z.string().nullish(),
});
export const GOOD = { id: 'T1', state: 'ready', paise: 125_00 };
export const good = (over: object = {}) => reply(JSON.stringify({ ...GOOD, ...over }));
export const text = (body: string) => reply(body);

const plain = ({ body, headers }: Plain) => reply(body, headers);
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;

/** What the peer does, and what a read makes of it. A write makes `ambiguous` of everything that may have been executed. */
export const HOSTILE: readonly (readonly [string, Answer, { kind: string; reason?: string; code?: string }])[] = [
  ['drips a byte at a time', drip(), { kind: 'retry', reason: 'timeout' }],
  ['drips its head', endless('HTTP/1.1 200 OK\r\n', 'x-a: b\r\n', 20), { kind: 'retry', reason: 'timeout' }],
  ['never answers', say(''), { kind: 'retry', reason: 'timeout' }],
  ['says «continue» without end', endless('', 'HTTP/1.1 100 Continue\r\n\r\n', 10), { kind: 'retry' }],
  ['sends a body without end', endless(`${HEAD}\r\n`, MEGABYTE, 0), { kind: 'malformed', reason: 'too-large' }],
  [
    'sends chunks without end',
    endless(CHUNKED, `10000\r\n${'x'.repeat(65_536)}\r\n`, 0),
    { kind: 'malformed', reason: 'too-large' },
  ],
  ['sends 100 MB', huge(), { kind: 'malformed', reason: 'too-large' }],
  ['packs 64 MB into 64 KB', plain(gzipBomb()), { kind: 'malformed', reason: 'too-large' }],
  [
    'says gzip and is not',
    reply('{"ok":1}', { 'content-encoding': 'gzip' }),
    { kind: 'malformed', reason: 'encoding' },
  ],
  [
    'cuts its gzip',
    reply(gzipSync(JSON.stringify(GOOD)).subarray(0, 20), { 'content-encoding': 'gzip' }),
    { kind: 'malformed', reason: 'encoding' },
  ],
  [
    'packs in a way nobody asked for',
    reply(brotliCompressSync(JSON.stringify(GOOD)), { 'content-encoding': 'br' }),
    { kind: 'malformed', reason: 'encoding' },
  ],
  [
    'packs twice',
    reply(gzipSync(gzipSync(JSON.stringify(GOOD))), { 'content-encoding': 'gzip, gzip' }),
    { kind: 'malformed', reason: 'encoding' },
  ],
  ['nests 100 000 levels', plain(DEEP), { kind: 'malformed', reason: 'too-deep' }],
  ['nests in objects', text('{"a":'.repeat(5000)), { kind: 'malformed', reason: 'too-deep' }],
  ['has a key of 100 KB', text(`{"${'k'.repeat(100_000)}":1}`), { kind: 'malformed', reason: 'long-key' }],
  [
    'has 60 000 keys',
    text(`{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`).join()}}`),
    { kind: 'malformed', reason: 'too-many-keys' },
  ],
  [
    'says a key twice',
    text('{"id":"T1","state":"ready","paise":1,"paise":100}'),
    { kind: 'malformed', reason: 'duplicate-key' },
  ],
  [
    'says a key twice, once in disguise',
    text('{"id":"T1","state":"ready","paise":1,"p\\u0061ise":100}'),
    { kind: 'malformed', reason: 'duplicate-key' },
  ],
  [
    'reaches for the prototype',
    text('{"__proto__":{"admin":true},"id":"T1","state":"ready","paise":1}'),
    { kind: 'malformed', reason: 'forbidden-key' },
  ],
  [
    'reaches for it in disguise',
    text('{"\\u005f_proto__":{"admin":true}}'),
    { kind: 'malformed', reason: 'forbidden-key' },
  ],
  [
    'reaches for it through the constructor',
    text('{"constructor":{"prototype":{"admin":true}}}'),
    { kind: 'malformed', reason: 'forbidden-key' },
  ],
  ['sends other types', good({ paise: '12500' }), { kind: 'malformed', reason: 'schema' }],
  ['sends a state that nobody knows', good({ state: 'teleported' }), { kind: 'malformed', reason: 'schema' }],
  ['sends null everywhere', text('{"id":null,"state":null,"paise":null}'), { kind: 'malformed', reason: 'schema' }],
  ['sends a list', text('[]'), { kind: 'malformed', reason: 'schema' }],
  ['sends a word', text('"ok"'), { kind: 'malformed', reason: 'schema' }],
  ['sends negative money', good({ paise: -1 }), { kind: 'malformed', reason: 'schema' }],
  ['sends half a paisa', good({ paise: 0.5 }), { kind: 'malformed', reason: 'schema' }],
  [
    'sends more than can be counted',
    text('{"id":"T1","state":"ready","paise":9007199254740993}'),
    { kind: 'malformed', reason: 'schema' },
  ],
  ['sends 1e999', text('{"id":"T1","state":"ready","paise":1e999}'), { kind: 'malformed', reason: 'number' }],
  ['sends NaN', text('{"id":"T1","state":"ready","paise":NaN}'), { kind: 'malformed', reason: 'json' }],
  ['sends a NUL', text('{"id":"T\u00001","state":"ready","paise":1}'), { kind: 'malformed', reason: 'json' }],
  [
    'sends bytes that are no UTF-8',
    reply(Buffer.from('{"id":"\xff\xfe","state":"ready","paise":1}', 'latin1')),
    { kind: 'malformed', reason: 'charset' },
  ],
  ['sends UTF-16', plain(utf16(JSON.stringify(GOOD))), { kind: 'malformed', reason: 'charset' }],
  ['sends nothing', plain(EMPTY), { kind: 'malformed', reason: 'empty' }],
  ['sends spaces', text(' \r\n\t '), { kind: 'malformed', reason: 'empty' }],
  ['sends a login page', plain(LOGIN_PAGE), { kind: 'malformed', reason: 'html' }],
  [
    'sends a login page and calls it JSON',
    text('<!doctype html><title>Sign in</title>'),
    { kind: 'malformed', reason: 'json' },
  ],
  ['stops in the middle of its JSON', text('{"id":"T1","state":"re'), { kind: 'malformed', reason: 'json' }],
  ['goes on after its JSON', text(`${JSON.stringify(GOOD)}{"id":"T2"}`), { kind: 'malformed', reason: 'json' }],
  ['guards its JSON', text(`)]}'\n${JSON.stringify(GOOD)}`), { kind: 'malformed', reason: 'json' }],
  [
    'says 200 and means an error',
    text('{"error":{"code":"E42","message":"no such thing"}}'),
    { kind: 'permanent', code: 'E42' },
  ],
  [
    'says 204 where there should be something',
    say('HTTP/1.1 204 No Content\r\n\r\n'),
    { kind: 'malformed', reason: 'empty' },
  ],
  [
    'ends before its length',
    say(`${HEAD}content-length: 500\r\n\r\n{"id":"T1"`, true),
    { kind: 'retry', reason: 'no-reply' },
  ],
  ['cuts a chunk', say(`${CHUNKED}ff\r\n{"id":"T1"`, true), { kind: 'retry', reason: 'no-reply' }],
  ['writes a length of chunk that is none', say(`${CHUNKED}zz\r\n{}\r\n`), { kind: 'retry', reason: 'no-reply' }],
  [
    'says less than it sends',
    say(`${HEAD}content-length: 5\r\n\r\n{"id":"T1","state":"ready","paise":1}`),
    { kind: 'malformed', reason: 'json' },
  ],
  [
    'gives two lengths',
    say(`${HEAD}content-length: 2\r\ncontent-length: 30\r\n\r\n{}`),
    { kind: 'retry', reason: 'no-reply' },
  ],
  ['gives a negative length', say(`${HEAD}content-length: -2\r\n\r\n{}`), { kind: 'retry', reason: 'no-reply' }],
  [
    'has a head of 1 MB',
    say(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`),
    { kind: 'retry', reason: 'no-reply' },
  ],
  ['speaks no HTTP', say('SSH-2.0-OpenSSH_9.9\r\n'), { kind: 'retry', reason: 'no-reply' }],
  ['hangs up', say('', true), { kind: 'retry', reason: 'no-reply' }],
  [
    'switches protocols',
    say('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
    { kind: 'retry', reason: 'no-reply' },
  ],
  [
    'answers with a status of its own',
    say('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'),
    { kind: 'retry', reason: 'provider-error' },
  ],
];
