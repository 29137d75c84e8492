import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { json } from '../../src/platform/egress/index.ts';
import { instant, type Json, object, objects, text } from '../../src/providers/json.ts';
import { type Messaging, notAccepted, type SplitEvent, unknownEvent } from '../../src/providers/messaging.ts';
import { bearerKey } from '../../src/providers/oauth2.ts';
import type { Connector, Manifest, Provider } from '../../src/providers/provider.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';

/**
 * A messaging provider that exists in the tests only: a chat on a website. It is nothing like WhatsApp: visitors have a session and no phone,
 * each site has an address of its own, the window is an hour, a status does not carry our id, and a text has 200 characters at most. What works
 * over it proves that no module knows WhatsApp.
 */

const HOST = 'api.site-chat.co';

const MANIFEST = {
  id: 'web-chat',
  name: 'Site chat',
  group: 'messaging',
  availability: 'live',
  availabilityNote: '',
  purpose: 'Answers visitors of the client’s website.',
  dataClasses: ['end-customer'],
  hosts: [HOST],
  budget: { default: { burst: 100, perSecond: 100 } },
  auth: {
    kind: 'key',
    credential: 'siteKey',
    fields: [
      {
        name: 'siteKey',
        label: 'Site key',
        kind: 'secret',
        help: 'In the settings of the chat.',
        pattern: 'site_[a-z]{4,40}',
        rule: 'must begin with site_',
        maxLength: 60,
        required: true,
        options: [],
      },
    ],
    scopes: [],
    revokeByHand: 'Delete the key in the settings of the chat.',
  },
  capabilities: [
    { capability: 'messaging', kind: 'send', title: 'Replies', needs: [] },
    { capability: 'messaging', kind: 'receive', title: 'What visitors write', needs: [] },
  ],
  shareable: false,
} as const satisfies Manifest;

const Site = z.object({ id: z.string(), name: z.string() });
const Posted = z.object({ message: z.string() });
const Refusal = z.object({ refused: z.string() });

const connector: Connector = {
  sign: bearerKey(MANIFEST.auth),
  explain(body, status) {
    const refusal = Refusal.safeParse(body);
    if (!refusal.success) return null;
    const { refused } = refusal.data;
    return status === 401
      ? { kind: 'reauth', code: refused, reason: refused }
      : { kind: 'permanent', code: refused, reason: refused };
  },
  async identify(api) {
    const site = await api.call({ method: 'GET', path: '/site', effect: 'read', reply: json(Site) });
    return site.kind === 'ok' ? { kind: 'ok', rows: [{ ...site.data, detail: null, settings: {} }] } : site;
  },
  reads: {},
};

const DONE = { delivered: 'delivered', seen: 'read', lost: 'failed' } as const;

/** One event for each thing that happened; what this version does not know stays whole. */
function splitOne(site: string, happened: Json, receivedAt: Date): SplitEvent {
  const id = text(happened.id, 100);
  const visitor = text(happened.visitor, 100);
  const about = text(happened.about, 100);
  const at = instant(happened.at, receivedAt);
  const keyed = (event: SplitEvent['event']): SplitEvent => ({
    accountId: site,
    businessId: null,
    entity: `${site}/${visitor ?? about ?? ''}`,
    naturalKey: `${site}/${String(happened.type)}/${id ?? `${about}/${at}`}`,
    event,
  });
  const from = { phone: null, userId: visitor, name: text(happened.name, 100) };
  if (happened.type === 'wrote' && id && visitor)
    return keyed({
      kind: 'message',
      origin: 'customer',
      providerId: id,
      sentAt: at,
      from,
      messageKind: 'text',
      text: text(happened.text, 4000) ?? '',
      content: [],
      media: null,
      replyTo: about,
    });
  if (happened.type === 'took-back' && about) return keyed({ kind: 'deletion', target: about, deletedAt: at });
  const type = String(happened.type);
  if (Object.hasOwn(DONE, type) && about) {
    const status = DONE[type as keyof typeof DONE];
    const fault = { code: 'gone', reason: 'The visitor has left the site.', next: 'Wait until they come back.' };
    return keyed({
      kind: 'status',
      providerId: about,
      messageId: null,
      status,
      at,
      fault: type === 'lost' ? fault : null,
    });
  }
  return unknownEvent('something that this version does not know', happened, { accountId: site, businessId: null });
}

const messaging: Messaging = {
  windowSeconds: 3600,
  maxTextLength: 200,
  split(body, receivedAt) {
    const delivery = object(body);
    const site = text(delivery?.site, 100);
    return site ? objects(delivery?.happened).map(happened => splitOne(site, happened, receivedAt)) : [];
  },
  async sendText(api, { to, text: words, replyTo, messageId }) {
    const outcome = await api.call({
      method: 'POST',
      path: '/visitors/{visitor}/messages',
      parameters: { visitor: to.userId ?? '' },
      body: { json: { text: words, about: replyTo, key: messageId } },
      // The chat knows our id: a message that is posted twice under it is shown once.
      effect: 'idempotent-write',
      reply: json(Posted),
    });
    if (outcome.kind === 'ok') return { kind: 'accepted', providerId: outcome.data.message };
    return notAccepted(outcome, code => ({
      code: code ?? 'refused',
      reason: 'The chat refused the message.',
      next: 'Ask an admin to look at the settings of the chat.',
    }));
  },
};

const provider: Provider = {
  manifest: MANIFEST,
  connector,
  messaging,
  webhook: {
    scheme: { kind: 'hmac-body', header: 'x-chat-signature', prefix: '', encoding: 'hex' },
    of: 'connection',
    secret: 'ours',
  },
};

export type Posting = {
  readonly visitor: string;
  readonly text: string;
  readonly about: string | null;
  readonly key: string;
};

export type Channel = {
  /** Stands in for every provider, as the provider sandbox does. */
  readonly url: string;
  /** What was posted to visitors, in order. */
  readonly posted: readonly Posting[];
  /** The key is refused from now on. */
  readonly refuse: () => void;
  readonly signed: (body: Buffer, token: string) => Record<string, string>;
  readonly close: () => Promise<void>;
};

/** Adds the chat to the registry, in its one line, and serves it on loopback. To be called before a world is created. */
export async function addChannel(): Promise<Channel> {
  const registry = PROVIDERS as Record<'web-chat', Provider>;
  const before = registry['web-chat'];
  registry['web-chat'] = provider;
  const posted: Posting[] = [];
  let refused = false;

  const server = createServer(async (request, reply) => {
    const answer = (status: number, body: object) => {
      reply.writeHead(status, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(body));
    };
    if (refused || request.headers.authorization !== 'Bearer site_chaikatha') return answer(401, { refused: 'key' });
    if (request.url === '/site') return answer(200, { id: 'site-1', name: 'chaikatha.example' });
    const visitor = /^\/visitors\/([^/]+)\/messages$/.exec(request.url ?? '')?.[1];
    if (!visitor) return answer(404, { refused: 'address' });
    const body = JSON.parse(await textOf(request)) as Omit<Posting, 'visitor'>;
    posted.push({ visitor: decodeURIComponent(visitor), ...body });
    return answer(200, { message: `reply-${posted.length}` });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    refuse: () => {
      refused = true;
    },
    signed: (body, token) => ({
      'content-type': 'application/json',
      'x-chat-signature': createHmac('sha256', token).update(body).digest('hex'),
    }),
    async close() {
      registry['web-chat'] = before;
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
