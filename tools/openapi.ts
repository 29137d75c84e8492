/** `npm run openapi`: writes backend/openapi.json, the OpenAPI 3.1 description of the backend, out of the routes of the contract. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  COLLECTIONS,
  ERRORS,
  type ErrorCode,
  fields,
  LiveEvent,
  Problem,
  ROUTES,
  type RouteDefinition,
  SyncLine,
} from '@astrix/contract';
import { z } from 'zod';

type Json = { [key: string]: unknown };

const root = join(import.meta.dirname, '..');
export const OPENAPI_FILE = join(root, 'backend', 'openapi.json');

/** Schemas with a name of their own under components; everything else stands where it is used. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Id: fields.Id,
  Instant: fields.Instant,
  Problem,
  SyncLine,
  LiveEvent,
  SignedIn: ROUTES['identity.refresh'].reply,
  Client: COLLECTIONS.clients.row,
  Person: COLLECTIONS.people.row,
  Contact: COLLECTIONS.contacts.row,
  Conversation: COLLECTIONS.conversations.row,
  Message: COLLECTIONS.messages.row,
  Note: COLLECTIONS.notes.row,
};

const SECURITY_SCHEMES = {
  session: {
    type: 'http',
    scheme: 'bearer',
    description: 'Access token of a signed-in person; lives 15 minutes at most.',
  },
  operator: { type: 'http', scheme: 'bearer', description: 'ASTRIX_METRICS_TOKEN.' },
  whatsappSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Hub-Signature-256',
    description: '`sha256=` and the HMAC-SHA256 of the raw body under the app secret, in lower-case hex.',
  },
  whatsappVerifyToken: {
    type: 'apiKey',
    in: 'query',
    name: 'hub.verify_token',
    description: 'The token that was typed into the dashboard of the provider.',
  },
  providerSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Hub-Signature-256',
    description: 'The header, and what it holds, is the provider’s; its scheme stands in backend/src/providers.',
  },
  endpointAddress: {
    type: 'apiKey',
    in: 'header',
    name: 'Stripe-Signature',
    description:
      'The secret of the address, and what the provider proves itself with: a signature, or a token that we chose.',
  },
  signedRequest: {
    type: 'apiKey',
    in: 'query',
    name: 'signed_request',
    description:
      'Stands in the form that is posted: the HMAC-SHA256 of the payload under the app secret, a full stop, the payload.',
  },
} as const;

/** Meta's handshake. */
const HANDSHAKE: Json[] = [
  { name: 'hub.mode', in: 'query', required: true, schema: { type: 'string', const: 'subscribe' } },
  { name: 'hub.challenge', in: 'query', required: true, schema: { type: 'string', pattern: '^\\d{1,20}$' } },
];
const CALLBACK = 'A form with the field signed_request. Its signature is checked over these bytes as they came.';
const STORED =
  'The signature is checked over exactly these bytes; they are stored as they came, and answered only then.';

/** What the contract leaves to the provider's own documents, by route id. */
const PROVIDER: Readonly<
  Record<string, { security: keyof typeof SECURITY_SCHEMES; parameters?: Json[]; body?: string }>
> = {
  'webhooks.whatsapp-verify': {
    security: 'whatsappVerifyToken',
    parameters: HANDSHAKE,
  },
  'webhooks.app-verify': { security: 'whatsappVerifyToken', parameters: HANDSHAKE },
  'webhooks.app': { security: 'providerSignature', body: `A delivery in the provider’s own form. ${STORED}` },
  'webhooks.connection': { security: 'endpointAddress', body: `A delivery in the provider’s own form. ${STORED}` },
  'webhooks.meta-deauthorize': { security: 'signedRequest', body: CALLBACK },
  'webhooks.meta-data-deletion': { security: 'signedRequest', body: CALLBACK },
  'webhooks.whatsapp': {
    security: 'whatsappSignature',
    body: 'A delivery of the WhatsApp Cloud API. The signature is checked over exactly these bytes, before they are read as JSON; they are stored as they came, and answered only then.',
  },
};

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) names.add(schema, { id });

/** Collects named schemas while the operations are written. */
function schemaWriter(components: Map<string, unknown>) {
  const renamed = (text: string) => text.replaceAll('"#/$defs/', '"#/components/schemas/');
  return (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const made = z.toJSONSchema(schema, { io, metadata: names, target: 'draft-2020-12' });
    const { $schema: _dialect, $defs = {}, ...rest } = JSON.parse(renamed(JSON.stringify(made))) as Json;
    for (const [id, definition] of Object.entries($defs as Json)) {
      const { id: _name, ...own } = definition as Json;
      const known = components.get(id);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(own))
        throw new Error(`The schema ${id} reads differently in requests and replies; give it two names.`);
      components.set(id, own);
    }
    return rest;
  };
}

type SchemaWriter = ReturnType<typeof schemaWriter>;

/** What the floor may answer to a route besides its own errors. */
function errorsOf(route: RouteDefinition): ErrorCode[] {
  const codes = new Set<ErrorCode>([...route.errors, 'rate_limited', 'internal', 'unavailable']);
  if (route.auth === 'session') for (const code of ['unauthenticated', 'forbidden'] as const) codes.add(code);
  if (route.scope === 'client') codes.add('not_found');
  if (route.params || route.query || route.body || route.idempotency === 'key') codes.add('invalid_request');
  if (route.body) for (const code of ['payload_too_large', 'unsupported_media_type'] as const) codes.add(code);
  if (route.idempotency === 'key') codes.add('idempotency_mismatch');
  return [...codes];
}

/** One response for each set of errors that share a status; the sets repeat from route to route, so they stand under components. */
function problemResponses(route: RouteDefinition, responses: Map<string, unknown>): Json {
  const byStatus = Object.groupBy(errorsOf(route), code => String(ERRORS[code].status));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => {
      const id = codes.sort().join('.');
      responses.set(id, problemResponse(status, codes));
      return [status, { $ref: `#/components/responses/${id}` }];
    }),
  );
}

function problemResponse(status: string, codes: readonly ErrorCode[]): Json {
  const retryAfter = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 0 } } };
  const narrowed = { type: 'object', properties: { status: { const: Number(status) }, code: { enum: codes } } };
  return {
    description: codes.map(code => `\`${code}\`: ${ERRORS[code].reason}. ${ERRORS[code].next}`).join('\n\n'),
    ...(status === '429' || status === '503' ? { headers: retryAfter } : {}),
    content: {
      'application/problem+json': { schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, narrowed] } },
    },
  };
}

const REPLIES = {
  json: ['application/json', 'Done.'],
  ndjson: ['application/x-ndjson', 'One such object a line.'],
  events: ['text/event-stream', 'Server-sent events: `event` is the name, `data` the JSON of each.'],
  text: ['text/plain', 'Plain text.'],
  redirect: ['application/json', 'Sends the browser on to `location`.'],
} as const;

function replyOf(route: RouteDefinition, write: SchemaWriter): Json {
  if (route.replyStatus === 204) return { '204': { description: 'Done; there is nothing to say.' } };
  const [media, description] = REPLIES[route.replyKind ?? 'json'];
  return { [route.replyStatus]: { description, content: { [media]: { schema: write(route.reply, 'output') } } } };
}

function parametersOf(route: RouteDefinition, write: SchemaWriter): Json[] {
  const listed = (schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = write(schema, 'input') as { properties?: Json; required?: string[] };
    return Object.entries(properties).map(([name, one]) => ({
      name,
      in: where,
      required: required.includes(name),
      schema: one,
    }));
  };
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description: 'The same key with the same request has one effect and one answer, for 7 days.',
    schema: { $ref: '#/components/schemas/Id' },
  };
  return [
    ...listed(route.params, 'path'),
    ...listed(route.query, 'query'),
    ...(PROVIDER[route.id]?.parameters ?? []),
    ...(route.idempotency === 'key' ? [key] : []),
  ];
}

function bodyOf(route: RouteDefinition, write: SchemaWriter): Json {
  if (route.body)
    return { requestBody: { required: true, content: { 'application/json': { schema: write(route.body, 'input') } } } };
  if (route.bodyKind !== 'raw' && route.bodyKind !== 'raw-form') return {};
  const isForm = route.bodyKind === 'raw-form';
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const form = { type: 'object', properties: { signed_request: { type: 'string' } }, required: ['signed_request'] };
  const description = PROVIDER[route.id]?.body;
  if (!description) throw new Error(`The route ${route.id} takes a raw body; describe it in tools/openapi.ts.`);
  return {
    requestBody: { required: true, description, content: { [type]: { schema: isForm ? form : { type: 'object' } } } },
  };
}

function securityOf(route: RouteDefinition): Json[] {
  if (route.auth === 'public') return [];
  if (route.auth !== 'provider') return [{ [route.auth]: [] }];
  const own = PROVIDER[route.id];
  if (!own) throw new Error(`The route ${route.id} is for a provider; say in tools/openapi.ts how it proves itself.`);
  return [{ [own.security]: [] }];
}

const inOrder = (map: ReadonlyMap<string, unknown>): Json =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The whole document. The same routes make the same text, to the byte. */
export function openapi(): Json {
  const schemas = new Map<string, unknown>();
  const responses = new Map<string, unknown>();
  const write = schemaWriter(schemas);
  write(Problem, 'output');
  write(fields.Id, 'input');
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, RouteDefinition][]) {
    const parameters = parametersOf(route, write);
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = {
      operationId: name,
      summary: route.summary,
      tags: [route.id.split('.')[0]],
      security: securityOf(route),
      ...(parameters.length > 0 ? { parameters } : {}),
      ...bodyOf(route, write),
      responses: { ...replyOf(route, write), ...problemResponses(route, responses) },
      'x-astrix': {
        route: route.id,
        scope: route.scope,
        permission: route.permission,
        dataClasses: route.dataClasses,
        ratePerMinute: route.ratePerMinute,
        bodyLimit: route.bodyLimit,
        audit: route.audit,
      },
    };
  }
  const { version } = JSON.parse(readFileSync(join(root, 'backend', 'package.json'), 'utf8')) as { version: string };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Astrix backend',
      version,
      description:
        'Written by `npm run openapi` from the contract; edit that instead. Errors are problem+json (RFC 9457).',
    },
    servers: [{ url: 'http://127.0.0.1:4700', description: 'As `npm start` runs it' }],
    paths,
    components: {
      schemas: inOrder(schemas),
      responses: inOrder(responses),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** As it stands in the file. */
export const openapiText = (): string => `${JSON.stringify(openapi(), null, 2)}\n`;

if (process.argv[1] === import.meta.filename) {
  writeFileSync(OPENAPI_FILE, openapiText());
  process.stdout.write('backend/openapi.json is what the contract says.\n');
}
