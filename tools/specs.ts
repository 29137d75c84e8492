/**
 * `npm run specs`: tells where the providers' official documents come from and which are at hand; and holds what is sent to WhatsApp, what
 * is read, and the statuses of the sandbox against Meta's own OpenAPI file. The files are not part of the project: it looks for them in
 * ../shared/specs or `-- --from <folder>`, and says so when they are not there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { statusPayload } from '../backend/sandbox/payloads.ts';
import type { Api } from '../backend/src/providers/provider.ts';
import { sendText } from '../backend/src/providers/whatsapp/send.ts';
import { split } from '../backend/src/providers/whatsapp/split.ts';
import { SOURCES } from '../backend/test/contract/official/sources.ts';

type Json = { [key: string]: unknown };

const { values } = parseArgs({
  options: { from: { type: 'string', default: join(import.meta.dirname, '..', '..', 'shared', 'specs') } },
});
for (const [folder, source] of Object.entries(SOURCES))
  process.stdout.write(`${existsSync(join(values.from, folder)) ? 'there  ' : 'missing'}  ${folder}: ${source}\n`);
const file = join(values.from, 'whatsapp', 'business-messaging-api_v23.0.yaml');
if (!existsSync(file)) {
  process.stdout.write(`Skipped: Meta's OpenAPI file is not at ${file}. Nothing was checked.\n`);
  process.exit(0);
}

const document = parse(readFileSync(file, 'utf8')) as {
  paths: Record<
    string,
    { post: { requestBody: { content: Record<string, { examples: Record<string, { value: object }> }> } } }
  >;
  components: { schemas: Record<string, Json> };
};
// Parts of an `allOf` close themselves there against each other's properties; what is meant is closed as a whole.
for (const schema of Object.values(document.components.schemas)) {
  if (!Array.isArray(schema.allOf)) continue;
  for (const part of schema.allOf as Json[]) delete part.additionalProperties;
  schema.unevaluatedProperties = false;
}
const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
const judge = (name: string) => ajv.compile({ components: document.components, $ref: `#/components/schemas/${name}` });

let failed = 0;
const say = (what: string, fault: string | null) => {
  if (fault !== null) failed += 1;
  process.stdout.write(`${fault === null ? 'ok  ' : 'FAIL'}  ${what}${fault === null ? '' : `: ${fault}`}\n`);
};
const faults = (validate: ReturnType<typeof judge>, value: unknown) =>
  validate(value) ? null : ajv.errorsText(validate.errors?.slice(0, 3));

const message = judge('TextMessage');
for (const replyTo of [null, 'wamid.HBgM']) {
  let sent: Json = {};
  const api: Api = {
    call: async ({ body, reply }) => {
      sent = structuredClone(body && 'json' in body ? body.json : {}) as Json;
      const read = reply.read(Buffer.from('{"messages":[{"id":"wamid.1"}]}'), 'application/json');
      if (!('data' in read)) throw new Error(`the client does not read its own reply: ${read.fault}`);
      return { kind: 'ok', data: read.data, status: 200, headers: {}, bytes: 0 };
    },
    clock: { now: () => new Date() },
    account: null,
    settings: {},
    extras: {},
  };
  const to = { phone: '919999900001', userId: null };
  await sendText(api, { accountId: '1', to, text: 'Namaste', replyTo, messageId: 'm' });
  // In the written reference, and missing from this file.
  delete sent.biz_opaque_callback_data;
  say(`a text ${replyTo ? 'that answers another' : 'of its own'}, as it is sent`, faults(message, sent));
}

const delivery = judge('WebhookPayload');
const at = new Date('2026-01-05T09:30:00Z');
for (const status of ['sent', 'delivered', 'read', 'failed'] as const) {
  const sent = { id: 'wamid.4', to: '919999900001', callbackData: 'm' };
  say(`the sandbox's status ${status}`, faults(delivery, statusPayload('100000000000002', sent, status, at)));
}

const { examples } = document.paths['/whatsapp/webhooks']!.post.requestBody.content['application/json']!;
for (const [name, { value }] of Object.entries(examples)) {
  const kinds = split(value, at).map(({ event }) => event.kind);
  const right = name.startsWith('Group') === kinds.includes('unknown');
  say(`Meta's example "${name}" is read as ${kinds.join(', ')}`, right ? null : 'that is not what it is');
}
process.exit(failed === 0 ? 0 : 1);
