import { readFileSync } from 'node:fs';
import { COLLECTIONS, newId, ROUTES, type RouteDefinition } from '@astrix/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { OPENAPI_FILE, openapiText } from './openapi.ts';

type Json = { [key: string]: unknown };
type Operation = {
  operationId?: string;
  security?: Json[];
  parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: { description?: string; required: boolean; content: Record<string, { schema: Json }> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema: Json }> }>;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json; responses: Operation['responses']; securitySchemes: Json };
};

const text = readFileSync(OPENAPI_FILE, 'utf8').replaceAll('\r\n', '\n');
const document = JSON.parse(text) as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const operationOf = (name: string) => operations.find(({ operation }) => operation.operationId === name)!.operation;
const routes = Object.entries(ROUTES) as [string, RouteDefinition][];

function* nodesOf(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Json;
  for (const one of Object.values(value)) yield* nodesOf(one);
}

const at = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (here, key) => (here as Json | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );

/** A judge of one schema of the document, with its components in reach. Formats are the patterns' business. */
function judge(schema: Json): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  return ajv.compile({ ...schema, components: document.components });
}

describe('backend/openapi.json', () => {
  test('is what the contract says', () => {
    expect(text === openapiText(), 'backend/openapi.json is out of date: run npm run openapi').toBe(true);
  });

  test('describes every route of the contract, and nothing else', () => {
    const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(described.sort()).toEqual(
      routes.map(([, route]) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`).sort(),
    );
    expect(new Set(operations.map(({ operation }) => operation.operationId))).toEqual(new Set(Object.keys(ROUTES)));
  });

  test('every $ref leads somewhere, and every component is used', () => {
    const refs = new Set([...nodesOf(document)].flatMap(node => (typeof node.$ref === 'string' ? [node.$ref] : [])));
    expect([...refs].filter(ref => !ref.startsWith('#/') || at(ref) === undefined)).toEqual([]);
    const parts = (['schemas', 'responses'] as const).flatMap(part =>
      Object.keys(document.components[part]).map(name => `#/components/${part}/${name}`),
    );
    expect(parts.filter(part => !refs.has(part))).toEqual([]);
    for (const part of parts) expect(part.split('/').at(-1)).toMatch(/^[\w.-]+$/);
  });

  test('every schema in it is a JSON Schema of 2020-12', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schemas = [...nodesOf(document)].flatMap(node => ('schema' in node ? [node.schema as Json] : []));
    expect(schemas.length).toBeGreaterThan(60);
    for (const schema of [...schemas, ...Object.values(document.components.schemas)])
      expect(ajv.validateSchema(schema as Json), JSON.stringify(ajv.errors)).toBe(true);
  });
});

describe.each(operations)('$method $path', ({ path, operation }) => {
  const [, route] = routes.find(([name]) => name === operation.operationId)!;

  test('says who may call it', () => {
    const schemes = (operation.security ?? []).flatMap(one => Object.keys(one));
    expect(operation.security).toBeDefined();
    expect(schemes.length).toBe(route.auth === 'public' ? 0 : 1);
    for (const scheme of schemes) expect(document.components.securitySchemes).toHaveProperty(scheme);
    if (route.auth !== 'provider') expect(schemes).toEqual(route.auth === 'public' ? [] : [route.auth]);
  });

  test('names its parameters once, those of the path as required', () => {
    const parameters = operation.parameters ?? [];
    const inPath = parameters.filter(parameter => parameter.in === 'path');
    expect(inPath.map(parameter => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(parameter => parameter.required)).toBe(true);
    expect(new Set(parameters.map(({ name, in: where }) => `${where} ${name}`)).size).toBe(parameters.length);
    expect(parameters.some(parameter => parameter.name === 'Idempotency-Key')).toBe(route.idempotency === 'key');
  });

  test('answers with its status, and with problem+json for every error of the contract', () => {
    expect(operation.responses).toHaveProperty(String(route.replyStatus));
    const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    const codes = refusals.flatMap(([status, { $ref = '' }]) => {
      const response = at($ref) as Operation['responses'][string];
      expect(Object.keys(response.content ?? {})).toEqual(['application/problem+json']);
      const [, narrowed] = response.content!['application/problem+json']!.schema.allOf as [
        Json,
        { properties: { status: { const: number }; code: { enum: string[] } } },
      ];
      expect(narrowed.properties.status.const).toBe(Number(status));
      return narrowed.properties.code.enum;
    });
    expect(codes).toEqual(expect.arrayContaining([...route.errors, 'rate_limited', 'internal']));
    if (route.auth === 'session') expect(codes).toEqual(expect.arrayContaining(['unauthenticated', 'forbidden']));
  });

  test('describes the body exactly where the route takes one', () => {
    expect(operation.requestBody !== undefined).toBe(route.body !== undefined || route.bodyKind !== undefined);
    if (route.bodyKind !== undefined) expect(operation.requestBody?.description).toMatch(/signature.*bytes/);
  });
});

describe('the document and the contract judge alike', () => {
  const id = newId();
  const now = '2026-01-05T09:30:00.000Z';
  const reply = { messageId: id, text: 'Namaste', seenInboundId: null, writtenAt: now };
  const contact = {
    ...{ id, clientId: id, name: null, phoneMasked: '+91 ••••• •4321', hasPhone: true, handle: null },
    ...{ optedOutAt: null, marketingOptedOutAt: null, firstSeenAt: now, lastSeenAt: now, expiresAt: now },
  };
  const signedIn = {
    ...{ step: 'signed-in', accessToken: 'a'.repeat(43), accessExpiresIn: 900, refreshToken: 'r'.repeat(43) },
    ...{ sessionId: id, personId: id, agencyId: id },
  };
  const body = (name: string) => operationOf(name).requestBody!.content['application/json']!.schema;
  const SIDES: readonly (readonly [string, Json, z.ZodType, Json])[] = [
    ['a reply', body('conversations.reply'), ROUTES['conversations.reply'].body, reply],
    ['a contact', { $ref: '#/components/schemas/Contact' }, COLLECTIONS.contacts.row, contact],
    ['a session', { $ref: '#/components/schemas/SignedIn' }, ROUTES['identity.refresh'].reply, signedIn],
    [
      'tags',
      body('conversations.change-tags'),
      ROUTES['conversations.change-tags'].body,
      { add: ['cod order'], remove: ['नमस्ते'] },
    ],
  ];
  test.each(SIDES)('%s, whole and with each part missing, strange or added', (_what, schema, contract, good) => {
    const judged = judge(schema);
    expect(judged(good)).toBe(true);
    const variants = [good, { ...good, extra: 1 }, [], null].concat(
      Object.keys(good).flatMap(key => {
        const { [key]: _gone, ...rest } = good;
        return [rest, ...['', {}, null, 7, '\u0000', [''], 'x'.repeat(9000)].map(value => ({ ...good, [key]: value }))];
      }),
    );
    const verdicts = variants.map(value => [value, judged(value)] as const);
    expect(verdicts.filter(([, verdict]) => !verdict).length).toBeGreaterThan(5);
    for (const [value, verdict] of verdicts)
      expect([JSON.stringify(value), verdict]).toEqual([JSON.stringify(value), contract.safeParse(value).success]);
  });
});
