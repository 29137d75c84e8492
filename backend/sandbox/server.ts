import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyReply } from 'fastify';
import { serveControl } from './control.ts';
import { createDeliverer, pause } from './deliver.ts';
import { createFaults, Fault, type FaultKind } from './faults.ts';
import { serveMailbox } from './mailbox.ts';
import { page } from './page.ts';
import { graphError, Inbound, inboundPayload, SendRequest, type StatusKind, statusPayload } from './payloads.ts';
import { type Providers, serveProviders } from './providers.ts';

/** One message that WhatsApp would have delivered: the truth that tests and the demo compare against. */
export type Executed = {
  readonly id: string;
  readonly accountId: string;
  readonly to: string;
  readonly text: string;
  readonly callbackData: string | null;
  readonly at: string;
  readonly replyCut: boolean;
};
export type Received = {
  readonly id: string;
  readonly accountId: string;
  readonly from: string;
  readonly text: string;
  readonly shape: string;
  readonly at: string;
};

export type SandboxOptions = {
  readonly webhookUrl: string;
  readonly appSecret: string;
  /** Numbers that can be written to from the page. */
  readonly numbers: readonly { readonly accountId: string; readonly client: string }[];
  /** Where mail of the demo is taken; nowhere without it. */
  readonly mailPort?: number;
  /** Between a send and its statuses. */
  readonly statusDelayMs?: number;
  /** Their time, and how long access tokens live; this machine's and an hour without it. */
  readonly providers?: { readonly now?: () => Date; readonly accessSeconds?: number };
};

export type Sandbox = { readonly url: string; readonly providers: Providers; readonly close: () => Promise<void> };

const wamid = () => `wamid.${randomBytes(18).toString('base64url')}`;

/** WhatsApp Cloud API on loopback: accepts sends in Meta's shape, answers with statuses, and can be told to misbehave. */
export async function startSandbox(options: SandboxOptions, port: number): Promise<Sandbox> {
  const app = Fastify({ logger: false });
  // A page elsewhere can point its own name at this machine; it must not read the ledger that way. Providers have hosts of their own.
  app.addHook('onRequest', (request, reply, done) => {
    const isOurs = request.url === '/' || request.url.startsWith('/_');
    if (!isOurs || /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(request.headers.host ?? '')) return done();
    void reply.code(421).send();
  });
  const faults = createFaults();
  const deliverer = createDeliverer(options.webhookUrl, options.appSecret);
  const executed: Executed[] = [];
  const received: Received[] = [];
  const stopping = new AbortController();
  const delay = options.statusDelayMs ?? 350;
  const providers = await serveProviders(app, options.providers);
  const shown = serveControl(app, providers);
  const closeMailbox = options.mailPort === undefined ? null : await serveMailbox(app, options.mailPort);

  async function reportStatuses(message: Executed, fault: FaultKind): Promise<void> {
    const sequence: StatusKind[] =
      fault === 'failed-status'
        ? ['sent', 'failed']
        : fault === 'reordered-statuses'
          ? ['read', 'sent', 'delivered']
          : fault === 'duplicate-statuses'
            ? ['sent', 'sent', 'delivered', 'delivered', 'read', 'read']
            : ['sent', 'delivered', 'read'];
    for (const status of sequence) {
      await pause(delay, stopping.signal);
      if (stopping.signal.aborted) return;
      await deliverer.post(statusPayload(message.accountId, message, status, new Date()));
    }
  }

  app.post<{ Params: { accountId: string } }>('/v23.0/:accountId/messages', async (request, reply) => {
    const { accountId } = request.params;
    if (!/^Bearer \S+$/.test(request.headers.authorization ?? ''))
      return reply.code(401).send(graphError(190, 'Invalid OAuth access token.'));
    const fault = faults.take();
    const refusal = refuse(fault, reply);
    if (refusal) return refusal;
    const body = SendRequest.safeParse(request.body);
    if (!body.success)
      return reply
        .code(400)
        .send(graphError(100, `Invalid parameter: ${body.error.issues[0]?.path.join('.') ?? 'body'}`));
    if (fault === 'time-out') {
      await pause(60_000, stopping.signal);
      return reply.code(504).send();
    }
    const to = (body.data.to ?? body.data.recipient ?? '').replace('+', '');
    const message: Executed = {
      id: wamid(),
      accountId,
      to,
      text: body.data.text.body,
      callbackData: body.data.biz_opaque_callback_data ?? null,
      at: new Date().toISOString(),
      replyCut: fault === 'cut-reply',
    };
    executed.push(message);
    void reportStatuses(message, fault);
    if (fault === 'cut-reply') {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    return {
      messaging_product: 'whatsapp',
      contacts: [{ input: to, wa_id: to }],
      messages: [{ id: message.id, message_status: 'accepted' }],
    };
  });

  app.post('/_sandbox/inbound', async (request, reply) => {
    const parsed = Inbound.safeParse(request.body);
    if (!parsed.success)
      return reply
        .code(400)
        .send({ error: parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`).join('; ') });
    const message = parsed.data;
    const id = wamid();
    const at = new Date();
    received.push({
      id,
      accountId: message.accountId,
      from: message.phone ?? message.bsuid ?? '',
      text: message.text,
      shape: message.shape,
      at: at.toISOString(),
    });
    const payload = inboundPayload(message, id, at);
    const delivered = await Promise.all(Array.from({ length: message.copies }, () => deliverer.post(payload)));
    return { id, delivered: delivered.every(Boolean) };
  });
  app.put('/_sandbox/fault', async (request, reply) => {
    const parsed = Fault.safeParse(request.body);
    if (!parsed.success)
      return reply.code(400).send({ error: parsed.error.issues.map(issue => issue.message).join('; ') });
    faults.set(parsed.data.kind, parsed.data.times);
    return faults.current();
  });
  app.get('/_sandbox/ledger', async () => ({
    executed,
    received,
    pending: deliverer.pending(),
    fault: faults.current(),
  }));
  app.get('/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
      )
      .send(page(options.numbers, shown())),
  );

  const url = await app.listen({ host: '127.0.0.1', port });
  return {
    url,
    providers,
    close: async () => {
      stopping.abort();
      deliverer.stop();
      await app.close();
      await closeMailbox?.();
    },
  };
}

/** The faults that answer before anything is executed. */
function refuse(fault: FaultKind, reply: FastifyReply): FastifyReply | null {
  switch (fault) {
    case 'rate-limited':
      return reply.code(429).header('retry-after', '1').send(graphError(130429, 'Rate limit hit'));
    case 'rate-limited-no-hint':
      return reply.code(429).send(graphError(130429, 'Rate limit hit'));
    case 'server-error':
      return reply.code(500).send(graphError(131000, 'Something went wrong', { is_transient: true }));
    case 'bad-token':
      return reply
        .code(401)
        .send(
          graphError(190, 'Error validating access token: the session has been invalidated.', { error_subcode: 460 }),
        );
    default:
      return null;
  }
}
