import { parseArgs } from 'node:util';
import { DEMO_CLIENTS } from '../src/demo/index.ts';
import { startSandbox } from './server.ts';

const HELP = `Provider sandbox: WhatsApp Cloud API on this machine

Usage:
  node backend/sandbox/main.ts [--port 4780] [--backend http://127.0.0.1:4700] [--secret demo-app-secret] [--mail-port 4781]
  node backend/sandbox/main.ts send --text "Where is my order?" [--client "Chai Katha"] [--phone 919876543210] [--name "Ananya Sharma"]

Without a command it serves the imitation and a page to write from. \`send\` writes one customer message through a running sandbox.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '4780' },
    backend: { type: 'string', default: 'http://127.0.0.1:4700' },
    secret: { type: 'string', default: 'demo-app-secret' },
    'mail-port': { type: 'string' },
    text: { type: 'string', default: 'Where is my order?' },
    client: { type: 'string', default: DEMO_CLIENTS[0]!.name },
    phone: { type: 'string', default: '919876543210' },
    name: { type: 'string', default: 'Ananya Sharma' },
    'status-delay': { type: 'string', default: '350' },
    help: { type: 'boolean' },
  },
});

function stop(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const port = Number(values.port);
if (values.help) {
  process.stdout.write(HELP);
} else if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  stop('--port must be a number from 0 to 65535.');
} else if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(values.backend)) {
  stop('--backend must be http://127.0.0.1:<port>.');
} else if (positionals[0] === 'send') {
  await send();
} else if (positionals.length > 0) {
  stop(`There is no command ${positionals[0]}. Known: send.`);
} else {
  await serve();
}

async function send(): Promise<void> {
  const client = DEMO_CLIENTS.find(known => known.name.toLowerCase() === values.client.toLowerCase());
  if (!client)
    stop(`There is no client called ${values.client}. Known: ${DEMO_CLIENTS.map(known => known.name).join(', ')}.`);
  const body = { accountId: client.accountId, phone: values.phone, name: values.name, text: values.text };
  const reply = await fetch(`http://127.0.0.1:${port}/_sandbox/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => stop(`No sandbox answers on port ${port}. Start one with npm start.`));
  const answer = (await reply.json()) as { id?: string; delivered?: boolean; error?: string };
  if (!reply.ok) stop(answer.error ?? 'The sandbox refused the message.');
  process.stdout.write(`${answer.delivered ? 'Delivered' : 'Not taken by the backend'}: ${answer.id}\n`);
}

async function serve(): Promise<void> {
  const numbers = DEMO_CLIENTS.map(client => ({ accountId: client.accountId, client: client.name }));
  try {
    const sandbox = await startSandbox(
      {
        webhookUrl: `${values.backend}/webhooks/app/whatsapp`,
        appSecret: values.secret,
        numbers,
        ...(values['mail-port'] ? { mailPort: Number(values['mail-port']) } : {}),
        statusDelayMs: Number(values['status-delay']) || 0,
      },
      port,
    );
    process.stdout.write(`${JSON.stringify({ ready: true, url: sandbox.url })}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      stop(`Port ${(error as { port?: number }).port ?? port} is taken. Choose another with --port or --mail-port.`);
    throw error;
  }
}
