import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProviderId } from '@astrix/contract';
import type { FastifyInstance } from 'fastify';
import { PROVIDERS } from '../src/providers/registry.ts';
import type { Imitation, Stage } from './imitation.ts';
import { createMisbehaviour, type Misbehaviour } from './misbehave.ts';
import { serveOAuth } from './oauth.ts';
import { createThings, type Things } from './things.ts';
import { createTokenBook, type TokenBook } from './tokens.ts';

export type Noted = {
  readonly provider: ProviderId;
  readonly what: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: string;
};

/** One request as it arrived, whatever became of it: what tests compare the call ledger with. */
export type Asked = {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Milliseconds, as performance.now() counts them. */
  readonly at: number;
  /** Null where nothing tells which of the systems on a host it was for. */
  provider: ProviderId | null;
  /** 0 for a reply that was not written by the book. */
  status: number;
};

/** `down` answers 500, `cut` does what was asked and lets the reply be lost. */
export type Trouble = { readonly path: string; readonly kind: 'down' | 'cut'; times: number };

export type Providers = {
  readonly asked: readonly Asked[];
  /** What goes wrong with the next `times` requests whose path begins with `path`. */
  readonly trouble: (path: string, kind: Trouble['kind'], times?: number) => void;
  readonly mend: () => void;
  /** One of the hostile behaviours, for the next replies of one provider. */
  readonly misbehaviour: Misbehaviour;
  readonly book: TokenBook;
  /** What the imitated providers have: a test adds and changes rows here, and compares with them. */
  readonly things: Things;
  readonly noted: readonly Noted[];
  readonly hints: Readonly<Record<string, string>>;
  readonly imitations: readonly Imitation[];
  readonly hosts: readonly string[];
};

/** Every file in providers/ is an imitation; a new one is found by being there. */
async function findImitations(): Promise<Imitation[]> {
  const folder = join(import.meta.dirname, 'providers');
  const files = readdirSync(folder).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const found: Imitation[] = [];
  for (const file of files.sort()) {
    const module = (await import(pathToFileURL(join(folder, file)).href)) as { imitation?: Imitation };
    if (module.imitation) found.push(module.imitation);
  }
  return found;
}

/** Puts all imitations onto one server, kept apart by the host that a request was meant for. */
export async function serveProviders(
  app: FastifyInstance,
  options: { readonly now?: () => Date; readonly accessSeconds?: number } = {},
): Promise<Providers> {
  const book = createTokenBook(options);
  const noted: Noted[] = [];
  const asked: Asked[] = [];
  let troubles: Trouble[] = [];
  const things = createThings(book.now);
  const stage: Stage = {
    ...book,
    things,
    note: (provider, what, detail = {}) => void noted.push({ provider, what, detail, at: book.now().toISOString() }),
  };
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => {
    const form = new URLSearchParams(String(text));
    done(
      null,
      Object.fromEntries(
        [...new Set(form.keys())].map(key => [key, form.getAll(key).length > 1 ? form.getAll(key) : form.get(key)]),
      ),
    );
  });
  const imitations = await findImitations();
  const hosts = imitations.flatMap(({ provider }) => PROVIDERS[provider].manifest.hosts);
  const seen = new WeakMap<object, Asked>();
  app.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host ?? '';
    if (!hosts.includes(host)) return;
    const one: Asked = {
      method: request.method,
      host,
      path: request.url,
      at: performance.now(),
      provider: null,
      status: 0,
    };
    asked.push(one);
    seen.set(request, one);
    const trouble = troubles.find(({ path, times }) => times > 0 && request.url.startsWith(path));
    if (!trouble) return;
    trouble.times -= 1;
    if (trouble.kind === 'down') return reply.code(500).send({ error: 'server_error' });
    reply.header('x-sandbox-cut', '1');
  });
  const misbehaviour = createMisbehaviour(app, book, imitations);
  app.addHook('preHandler', async request => {
    const one = seen.get(request);
    if (one) one.provider = misbehaviour.whose(request);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.hasHeader('x-sandbox-cut')) request.raw.socket.destroy();
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const one = seen.get(request);
    if (one) one.status = reply.statusCode;
  });
  const connected = imitations.flatMap(imitation => {
    const { manifest } = PROVIDERS[imitation.provider];
    return manifest.auth.kind === 'oauth2' ? [{ manifest, auth: manifest.auth, imitation }] : [];
  });
  serveOAuth(app, book, connected);
  for (const imitation of imitations) imitation.serve(app, stage);
  return {
    misbehaviour,
    book,
    things,
    noted,
    asked,
    trouble: (path, kind, times = Number.POSITIVE_INFINITY) => void troubles.push({ path, kind, times }),
    mend: () => {
      troubles = [];
    },
    hints: Object.fromEntries(imitations.map(({ provider, hint }) => [provider, hint])),
    imitations,
    hosts,
  };
}
