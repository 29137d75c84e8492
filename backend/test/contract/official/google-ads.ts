import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { GOOGLE_ERROR } from './discovery.ts';
import { exampleOf } from './example.ts';
import { createGaql, type Gaql, readQuery } from './gaql.ts';
import { camel, type ProtoField, type ProtoMethod, readProto } from './protos.ts';
import { follow, isObject } from './schema.ts';
import { specPath } from './specs.ts';
import type { Book, Operation, Parameter, Resolve, Schema } from './types.ts';

const HOME = 'google.ads.googleads.v25';

/** How proto3 writes its scalars and its own messages in JSON. */
const KINDS: Readonly<Record<string, Schema>> = {
  ...Object.fromEntries(['double', 'float'].map(type => [type, { type: 'number' }])),
  ...Object.fromEntries(
    ['int32', 'uint32', 'sint32', 'fixed32', 'sfixed32'].map(type => [type, { type: 'integer', format: 'int32' }]),
  ),
  ...Object.fromEntries(['int64', 'sint64', 'sfixed64'].map(type => [type, { type: 'string', format: 'int64' }])),
  ...Object.fromEntries(['uint64', 'fixed64'].map(type => [type, { type: 'string', format: 'uint64' }])),
  bool: { type: 'boolean' },
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Timestamp': { type: 'string', format: 'google-datetime' },
  'google.protobuf.Duration': { type: 'string', format: 'google-duration' },
};

/** The messages of the API, a file read when something in it is asked for. */
function createMessages() {
  const schemas = new Map<string, Schema>();
  const read = new Set<string>();
  const files = ['services', 'resources', 'common', 'errors'].flatMap(folder =>
    readdirSync(specPath('google-ads', 'v25', folder)).map(file => `${folder}/${file}`),
  );

  const load = (file: string): readonly ProtoMethod[] => {
    if (read.has(file) || !existsSync(specPath('google-ads', 'v25', file))) return [];
    read.add(file);
    const { messages, enums, methods } = readProto(readFileSync(specPath('google-ads', 'v25', file), 'utf8'));
    for (const [name, values] of enums) schemas.set(name, { type: 'string', enum: values });
    for (const [name, fields] of messages) schemas.set(name, schemaOf(name, fields));
    return methods;
  };
  const schemaOf = (scope: string, fields: readonly ProtoField[]): Schema => ({
    type: 'object',
    properties: Object.fromEntries(fields.map(field => [camel(field.name), valueIn(scope, field)])),
  });
  const valueIn = (scope: string, { type, repeated, key }: ProtoField): Schema => {
    const one: Schema = KINDS[type] ?? { $ref: `${scope}>${type}` };
    if (key !== null) return { type: 'object', additionalProperties: one };
    return repeated ? { type: 'array', items: one } : one;
  };
  const snake = (name: string) => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

  /** A full name: in the file that is called like it, else in one of its folder. */
  const byName = (name: string): Schema | undefined => {
    if (schemas.has(name) || !name.startsWith(HOME)) return schemas.get(name);
    const [folder = '', top = ''] = name.slice(HOME.length + 1).split('.');
    load(`${folder}/${snake(top.replace(/Enum$/, ''))}.proto`);
    if (folder === 'errors') load('errors/errors.proto');
    // A kind that is in none of the chosen files is looked for in all of its folder once; enums lie in files of their name.
    if (!schemas.has(name) && folder !== 'enums' && folder !== 'errors')
      for (const file of files) if (file.startsWith(`${folder}/`)) load(file);
    return schemas.get(name);
  };
  const resolve: Resolve = ref => {
    const [scope = '', type = ref] = ref.split('>');
    if (type.startsWith('google.')) return byName(type);
    // Names are looked for from the inside outwards.
    for (let at = scope; at.length >= HOME.length; at = at.slice(0, at.lastIndexOf('.'))) {
      const found = byName(`${at}.${type}`);
      if (found) return found;
    }
    return undefined;
  };
  return { resolve, load };
}

/** Google Ads from its protos: the paths of the services, proto3's JSON in both directions, and the fields of queries. */
export function googleAdsBook(): Book {
  const { resolve, load } = createMessages();
  let gaql: Gaql | null = null;
  const language = () => {
    gaql ??= createGaql();
    return gaql;
  };
  const services = readdirSync(specPath('google-ads', 'v25', 'services'));
  const operations = services.flatMap(file =>
    load(`services/${file}`).flatMap(method => method.http.map(http => operationOf(method, http, resolve, language))),
  );
  return { operations, error: adsError(), closedReplies: true };
}

function operationOf(
  { name, request, response, streams }: ProtoMethod,
  { method, path }: ProtoMethod['http'][number],
  resolve: Resolve,
  language: () => Gaql,
): Operation {
  const scope = `${HOME}.services`;
  const names = [...path.matchAll(/\{(\w+)/g)].map(match => camel(match[1]!));
  const message = resolve(`${scope}>${request}`) as { readonly properties: { readonly [name: string]: Schema } };
  const members = Object.entries(message.properties).filter(([member]) => !names.includes(member));
  const answer: Schema = { $ref: `${scope}>${response}` };
  const isQuery = name === 'Search' || name === 'SearchStream';
  return {
    id: name,
    method,
    template: path,
    hosts: ['googleads.googleapis.com'],
    parameters: [...(method === 'GET' ? members.map(([member, schema]) => inQuery(member, schema)) : []), ...COMMON],
    body:
      method === 'GET'
        ? null
        : {
            required: true,
            media: {
              'application/json': {
                type: 'object',
                properties: Object.fromEntries(members),
                required: members.some(([member]) => member === 'query') ? ['query'] : [],
              },
            },
          },
    replies: { 200: { 'application/json': streams ? { type: 'array', items: answer } : answer } },
    resolve,
    rules: ({ body }) =>
      isQuery && isObject(body) && typeof body.query === 'string' ? language().faults(body.query) : [],
    narrow: (example, { body }) => {
      const query = isQuery && isObject(body) ? readQuery(String(body.query)) : null;
      if (!query) return example;
      const batch = {
        results: [rowOf(query.select, resolve, language())],
        fieldMask: query.select.map(camel).join(','),
      };
      return streams ? [batch] : batch;
    },
  };
}

const inQuery = (name: string, schema: Schema): Parameter => ({
  name,
  in: 'query',
  required: false,
  schema,
  style: 'multi',
});
/** Described in the guide to REST; the protos have only the messages. */
const DIGITS: Schema = { type: 'string', pattern: String.raw`^\d+$` };
const COMMON: readonly Parameter[] = [
  { name: 'customer_id', in: 'path', required: true, schema: DIGITS, style: 'csv' },
  // Ended on 9 September 2026: access belongs to the project of the app, and v25 ignores the header.
  { name: 'developer-token', in: 'header', required: false, schema: { type: 'string', minLength: 1 }, style: 'csv' },
  { name: 'login-customer-id', in: 'header', required: false, schema: DIGITS, style: 'csv' },
  ...['alt', 'prettyPrint', '$alt', 'fields'].map(name => inQuery(name, { type: 'string' })),
];

/** One row with the fields that were asked for. */
function rowOf(fields: readonly string[], resolve: Resolve, gaql: Gaql): unknown {
  const row: Record<string, unknown> = {};
  for (const field of fields) {
    let schema: Schema = resolve(`${HOME}.services>GoogleAdsRow`) ?? {};
    let at = row;
    const steps = field.split('.').map(camel);
    for (const [n, step] of steps.entries()) {
      const { properties } = follow(schema, resolve) as { readonly properties?: { readonly [name: string]: Schema } };
      schema = properties?.[step] ?? {};
      if (n < steps.length - 1) {
        at[step] ??= {};
        at = at[step] as Record<string, unknown>;
      } else
        at[step] =
          gaql.at(field) !== 'DATE' && Object.keys(schema).length > 0
            ? exampleOf(schema, { resolve, closed: true, direction: 'reply' })
            : plain(gaql.at(field));
    }
  }
  return row;
}

/** A value by the type in the list of fields, where the protos of a resource are not among the files. */
const plain = (type: unknown): unknown => {
  if (isObject(type)) return Object.keys(type)[2] ?? 'UNKNOWN';
  if (type === 'BOOL' || type === 'BOOLEAN') return false;
  if (type === 'DOUBLE' || type === 'FLOAT' || type === 'INT32') return 1;
  return type === 'INT64' ? '1' : type === 'DATE' ? '2026-01-05' : 'text';
};

/** An error as every API of Google writes it; its details hold the failure of this one. A stream answers with it in a list. */
const adsError = (): Schema => {
  const failure = `type.googleapis.com/${HOME}.errors.GoogleAdsFailure`;
  const detail = {
    type: 'object',
    required: ['@type'],
    if: { properties: { '@type': { const: failure } } },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON schema
    then: {
      required: ['errors'],
      properties: {
        errors: { type: 'array', items: { $ref: `${HOME}.errors.GoogleAdsError` } },
        requestId: { type: 'string' },
      },
    },
    else: { additionalProperties: true },
  };
  const { error } = GOOGLE_ERROR.properties as { readonly error: { readonly properties: object } };
  const one: Schema = {
    ...GOOGLE_ERROR,
    properties: { error: { ...error, properties: { ...error.properties, details: { type: 'array', items: detail } } } },
  };
  return { anyOf: [one, { type: 'array', items: one, minItems: 1, maxItems: 1 }] };
};
