import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode, type LiveEvent, ROUTES, type RouteName, type SyncLine } from '@astrix/contract';
import { type Loopback, startLoopback } from './loopback.ts';

export type Asked = {
  readonly name: RouteName;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  readonly token: string | null;
};
export type Answer = { readonly status: number; readonly body: unknown } | 'cut' | 'hang';
type Answering = (asked: Asked) => Answer | Promise<Answer>;

/**
 * A server of the contract's shape with a memory of its own: what it was asked, what it did, which tokens it gave out. It does each
 * idempotency key once, as the real one does, and every answer can be replaced by a test.
 */
export type FakeServer = {
  readonly url: string;
  readonly asked: Asked[];
  /** Message ids in the order in which they took effect: the ledger. */
  readonly done: string[];
  /** Refresh tokens in the order given out; the last one is good, the one before it for 30 seconds. */
  readonly refreshTokens: string[];
  person: { id: string; name: string; role: 'agent' | 'owner' };
  readonly answers: Partial<Record<RouteName, Answering>>;
  /** Lines that a pull answers, or bytes as they stand. */
  pull: (asked: Asked) => readonly SyncLine[] | string;
  /** Says something on every live stream. */
  readonly say: (event: LiveEvent) => void;
  readonly listening: () => number;
  readonly cutStreams: () => void;
  now: () => Date;
  readonly close: () => Promise<void>;
};

const REPLAY_MS = 30_000;

export const problem = (code: ErrorCode, more: Record<string, unknown> = {}): Answer => ({
  status: ERRORS[code].status,
  body: {
    type: 'about:blank',
    status: ERRORS[code].status,
    code,
    title: ERRORS[code].reason,
    detail: ERRORS[code].next,
    reference: 'r-1',
    ...more,
  },
});

const token = () => randomBytes(24).toString('base64url');

const PATTERNS = (Object.entries(ROUTES) as [RouteName, (typeof ROUTES)[RouteName]][]).map(([name, route]) => ({
  name,
  method: route.method,
  pattern: new RegExp(`^${route.path.replaceAll(/:([a-zA-Z]+)/g, '(?<$1>[^/]+)')}$`),
}));

export async function startServer(personId: string): Promise<FakeServer> {
  const loopback: Loopback = await startLoopback();
  const streams = new Set<ServerResponse>();
  const taken = new Map<string, Answer>();
  let access = token();
  let rotatedAt = 0;
  const sessionId = personId;

  const session = (): Answer => ({
    status: 200,
    body: {
      step: 'signed-in',
      accessToken: access,
      accessExpiresIn: 900,
      refreshToken: server.refreshTokens.at(-1),
      sessionId,
      personId: server.person.id,
      agencyId: personId,
    },
  });
  function begin(): Answer {
    access = token();
    server.refreshTokens.push(token());
    rotatedAt = server.now().getTime();
    return session();
  }

  const usual: Partial<Record<RouteName, Answering>> = {
    'identity.sign-in': begin,
    'identity.sign-out': () => ({ status: 204, body: null }),
    'identity.me': () => ({
      status: 200,
      body: { person: server.person, agency: { id: personId, name: 'Agency' }, permissions: [], sessionId },
    }),
    'identity.refresh'({ body }) {
      const at = server.refreshTokens.indexOf(String(body.refreshToken));
      const newest = server.refreshTokens.length - 1;
      if (at >= 0 && at === newest) return begin();
      // A lost reply may be asked for again; anything older is theft and ends the family.
      if (at >= 0 && at === newest - 1 && server.now().getTime() - rotatedAt <= REPLAY_MS) return session();
      server.refreshTokens.push('ended');
      return problem('session_ended');
    },
    'conversations.reply'({ params, body }) {
      const at = server.now().toISOString();
      const { clientId, conversationId } = params;
      server.done.push(String(body.messageId));
      const row = { id: body.messageId, clientId, conversationId, text: body.text, replyToId: body.replyToId };
      return { status: 202, body: { ...OUTGOING, ...row, sentAt: at, expiresAt: at } };
    },
  };

  async function answer(asked: Asked): Promise<Answer> {
    server.asked.push(asked);
    if (ROUTES[asked.name].auth === 'session' && asked.token !== access) return problem('unauthenticated');
    const before = asked.key === null ? undefined : taken.get(asked.key);
    if (before) return before;
    const made = await (server.answers[asked.name] ?? usual[asked.name])?.(asked);
    if (!made) return problem('not_found');
    const kept = asked.key !== null && typeof made === 'object' && made.status === ROUTES[asked.name].replyStatus;
    if (kept) taken.set(asked.key, made);
    return made;
  }

  loopback.answer = (request, response) => {
    const url = new URL(request.url ?? '/', loopback.url);
    const found = PATTERNS.find(route => route.method === request.method && route.pattern.test(url.pathname));
    if (!found) return void response.writeHead(404).end();
    const text = loopback.bodies[loopback.seen.indexOf(request)] ?? '';
    const asked: Asked = {
      name: found.name,
      params: { ...found.pattern.exec(url.pathname)?.groups },
      query: url.searchParams,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      key: (request.headers['idempotency-key'] as string | undefined) ?? null,
      token: request.headers.authorization?.replace('Bearer ', '') ?? null,
    };
    void answer(asked).then(made => deliver(asked, made, response));
  };

  function deliver(asked: Asked, made: Answer, response: ServerResponse): void {
    if (made === 'hang') return;
    if (made === 'cut') return void response.destroy();
    const streamed = made.status === 404 && server.answers[asked.name] === undefined;
    if (streamed && asked.name === 'sync.pull') {
      const lines = server.pull(asked);
      const text = typeof lines === 'string' ? lines : lines.map(line => `${JSON.stringify(line)}\n`).join('');
      return void response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(text);
    }
    if (streamed && asked.name === 'sync.live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.add(response);
      response.once('close', () => streams.delete(response));
      tell(response, { event: 'ready', data: { serverTime: server.now().toISOString() } });
      return;
    }
    const type = made.status < 300 ? 'application/json' : 'application/problem+json';
    response.writeHead(made.status, { 'content-type': type }).end(made.status === 204 ? '' : JSON.stringify(made.body));
  }

  const tell = (response: ServerResponse, { event, data }: LiveEvent): void =>
    void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

  const server: FakeServer = {
    url: loopback.url,
    asked: [],
    done: [],
    refreshTokens: [],
    person: { id: personId, name: 'Priya', role: 'agent' },
    answers: {},
    pull: () => [
      {
        t: 'hello',
        epoch: personId,
        personId,
        agencyId: personId,
        clients: [],
        serverTime: server.now().toISOString(),
        reset: false,
      },
      { t: 'end', cursor: 'e.1.1' },
    ],
    say: event => {
      for (const stream of streams) tell(stream, event);
    },
    listening: () => streams.size,
    cutStreams: () => {
      for (const stream of streams) stream.destroy();
    },
    now: () => new Date(),
    close: loopback.close,
  };
  return server;
}

const OUTGOING = {
  direction: 'out',
  kind: 'text',
  media: null,
  authorId: null,
  status: 'queued',
  failure: null,
  reactions: [],
  editedAt: null,
  deletedAt: null,
  deliveredAt: null,
  readAt: null,
  seq: 1,
  version: 1,
} as const;
