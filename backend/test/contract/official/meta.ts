import { existsSync, readFileSync } from 'node:fs';
import { type Field, fieldsIn, narrowed } from './graph-fields.ts';
import { fieldOf, GRAPH_ERROR, PAGING, schemaOf } from './graph-types.ts';
import { isObject, some } from './schema.ts';
import { readSpec, specPath } from './specs.ts';
import type { Book, Operation, Parameter, Read, Schema } from './types.ts';

type Param = { readonly name: string; readonly type: string; readonly required: boolean };
type Api = {
  readonly method: string;
  readonly endpoint?: string;
  readonly return: string;
  readonly params: readonly Param[];
};
type Spec = {
  readonly apis: readonly Api[];
  readonly fields: readonly { readonly name: string; readonly type: string }[];
};
type Enum = { readonly name: string; readonly values: readonly (string | number)[] };

/** Taken by every call of the Graph API, and therefore by none of the specs. */
const EVERYWHERE = {
  string: ['access_token', 'appsecret_proof', 'fields', 'locale', 'date_format', 'pretty', 'debug', 'format', 'method'],
  list: ['after', 'before', 'limit', 'offset', 'since', 'until', 'order', 'summary', 'filtering'],
};

/** In the specs of the API with Instagram's own log-in the nodes go by other names than their files, and one edge lacks its underscore. */
const NAMES: Readonly<Record<string, string>> = { User: 'IGUserForIGOnlyAPI', Media: 'IGMediaForIGOnlyAPI' };
const EDGES: Readonly<Record<string, string>> = {
  mediapublish: 'media_publish',
  messageattachments: 'message_attachments',
};

type Family = {
  readonly hosts: readonly string[];
  /** Node specs, with what a path has in place of their id. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly instagramNames?: boolean;
};
const NUMBER = String.raw`^(?!act_).*\d.*$`;
const ORME = String.raw`^(me|(?!act_).*\d.*)$`;

export const FACEBOOK: Family = {
  hosts: ['graph.facebook.com', 'graph-video.facebook.com'],
  nodes: {
    AdAccount: String.raw`^act_\d+$`,
    User: ORME,
    Page: ORME,
    ...Object.fromEntries(
      [
        ...['Ad', 'AdCreative', 'AdReportRun', 'AdSet', 'AdVideo', 'Application', 'Business', 'Campaign', 'Comment'],
        ...['IGComment', 'IGMedia', 'IGUser', 'Lead', 'PagePost', 'Post', 'Profile'],
      ].map(name => [name, NUMBER]),
    ),
  },
};
export const INSTAGRAM: Family = {
  hosts: ['graph.instagram.com'],
  nodes: { IGUserForIGOnlyAPI: ORME, IGMediaForIGOnlyAPI: NUMBER },
  instagramNames: true,
};

/** Meta's specs of one family: every node by its id, and its edges. */
export function graphBook({ hosts, nodes, instagramNames = false }: Family): Book {
  const enums = new Map(
    (readSpec('meta', 'api_specs', 'enum_types.json') as unknown as Enum[]).map(one => [one.name, one.values]),
  );
  const specs = new Map<string, Spec | null>();
  const specOf = (name: string): Spec | null => {
    const file = (instagramNames && NAMES[name]) || name;
    if (!specs.has(file))
      specs.set(
        file,
        existsSync(specPath('meta', 'api_specs', `${file}.json`))
          ? (readSpec('meta', 'api_specs', `${file}.json`) as unknown as Spec)
          : null,
      );
    return specs.get(file)!;
  };
  const known = new Map<string, Schema>();
  const resolve = (ref: string): Schema | undefined => {
    const spec = specOf(ref);
    if (!known.has(ref) && spec) known.set(ref, nodeOf(ref, spec));
    return known.get(ref);
  };
  const typeOf = (type: string): Schema => schemaOf(type, enums, name => specOf(name) !== null);

  const nodeOf = (name: string, { fields, apis }: Spec): Schema => {
    const edges = apis.filter(one => one.method === 'GET' && one.endpoint !== undefined);
    // Rows of insights carry the breakdowns that were asked for beside the fields.
    const breakdowns = name === 'AdsInsights' ? (enums.get('adaccountinsights_breakdowns_enum_param') ?? []) : [];
    return {
      type: 'object',
      properties: Object.fromEntries([
        ...breakdowns.map(one => [one, { type: 'string' }]),
        ...edges.map(one => [EDGES[one.endpoint!] ?? one.endpoint!, edgeReply(one.return)]),
        ...fields.map(one => [one.name, fieldOf(one.name, typeOf(one.type))]),
        ['id', { type: 'string', example: '1' }],
      ]),
    };
  };
  const edgeReply = (node: string): Schema => ({
    type: 'object',
    required: ['data'],
    properties: {
      data: { type: 'array', items: specOf(node) ? { $ref: node } : { type: 'object' } },
      paging: PAGING,
      summary: { type: 'object' },
    },
  });

  const fieldFaults = (node: string, fields: readonly Field[], at: string): string[] => {
    const spec = specOf(node);
    if (!spec) return [];
    const { properties } = resolve(node) as { properties: Record<string, Schema> };
    return fields.flatMap(({ name, inside }) => {
      if (!Object.hasOwn(properties, name) && name !== 'metadata')
        return [`${at}: ${node} has no field or edge ${name} (known: ${some(Object.keys(properties), name)})`];
      const type =
        spec.apis.find(one => one.endpoint === name)?.return ?? spec.fields.find(one => one.name === name)?.type;
      return inside && type ? fieldFaults(type.replace(/^list<(.*)>$/, '$1'), inside, `${at}.${name}`) : [];
    });
  };

  const operationOf = (node: string, id: string, api: Api): Operation => {
    const { method, params } = api;
    const edge = api.endpoint === undefined ? null : (EDGES[api.endpoint] ?? api.endpoint);
    const isList = method === 'GET' && edge !== null;
    const all: Parameter[] = [
      ...EVERYWHERE.string.map(name => parameter(name, { type: 'string' })),
      ...(isList ? EVERYWHERE.list.map(name => parameter(name, {})) : []),
    ].filter(one => !params.some(param => param.name === one.name));
    all.push(...params.map(one => parameter(one.name, typeOf(one.type), method === 'GET' && one.required)));
    const whole: Schema = { type: 'object', properties: Object.fromEntries(all.map(one => [one.name, one.schema])) };
    const target = specOf(api.return) ? (instagramNames && NAMES[api.return]) || api.return : null;
    const asked = (query: URLSearchParams) => query.get('fields');
    return {
      id: [node, edge, method.toLowerCase()].filter(Boolean).join('.'),
      method,
      template: `/v{version}/{id}${edge === null ? '' : `/${edge}`}`,
      hosts,
      parameters: [
        ...all,
        inPath('version', { type: 'number', minimum: version() }),
        inPath('id', { type: 'string', pattern: id }),
      ],
      body:
        method === 'GET'
          ? null
          : {
              required: false,
              media: {
                'application/json': whole,
                'application/x-www-form-urlencoded': whole,
                'multipart/form-data': whole,
              },
            },
      replies: { 200: { 'application/json': isList ? edgeReply(api.return) : replyOf(method, node, target) } },
      resolve,
      rules({ query, body }: Read) {
        const faults = missingIn(method === 'GET' ? [] : params, query, body);
        const text = asked(query);
        if (text === null || method !== 'GET') return faults;
        const fields = fieldsIn(text);
        if (!fields) return [...faults, `query.fields: the brackets of ${text} do not close`];
        const of = edge === null ? node : target;
        return of === null ? faults : [...faults, ...fieldFaults(of, fields, 'query.fields')];
      },
      narrow(example, { query }) {
        const text = asked(query);
        return text === null ? example : narrowed(example, fieldsIn(text) ?? []);
      },
    };
  };

  const operations = Object.entries(nodes).flatMap(([node, id]) =>
    specOf(node)!.apis.map(api => operationOf(node, id, api)),
  );
  return {
    operations: instagramNames ? [...operations, ...tokenCalls(typeOf)] : operations,
    error: GRAPH_ERROR,
    closedReplies: true,
  };
}

/** The specs say which node the SDKs make of the answer to a write; Graph sends of it what it likes, most often the id or `success`. */
const replyOf = (method: string, node: string, target: string | null): Schema =>
  method === 'GET'
    ? { $ref: node }
    : {
        type: 'object',
        properties: { success: { type: 'boolean' }, id: { type: 'string' } },
        additionalProperties: true,
        ...(target ? { anyOf: [{ $ref: target }, { required: ['success'] }] } : {}),
      };

/** Parameters of a write may stand in the query or in the body. */
const missingIn = (params: readonly Param[], query: URLSearchParams, body: unknown): string[] =>
  params
    .filter(({ required, name }) => required && !query.has(name) && !(isObject(body) && name in body))
    .map(({ name }) => `body.${name}: is missing`);

const parameter = (name: string, schema: Schema, required = false): Parameter => ({
  name,
  in: 'query',
  required,
  schema,
  style: 'json',
});
const inPath = (name: string, schema: Schema): Parameter => ({
  name,
  in: 'path',
  required: true,
  schema,
  style: 'csv',
});

/** The version that the specs describe. A later one may be called, an earlier one has other fields. */
const version = (): number =>
  Number(/\d+(\.\d+)?/.exec(readFileSync(specPath('meta', 'api_specs', 'version.txt'), 'utf8'))![0]);

/** Two specs are calls and no nodes: the long-lived token of Instagram's own log-in, and its refresh. */
const tokenCalls = (typeOf: (type: string) => Schema): readonly Operation[] =>
  (['access_token', 'refresh_access_token'] as const).flatMap(call => {
    const file = call === 'access_token' ? 'IGAccessTokenForIGOnlyAPI' : 'IGRefreshAccessTokenForIGOnlyAPI';
    const { apis, fields } = readSpec('meta', 'api_specs', `${file}.json`) as unknown as Spec;
    const grant = { enum: [call === 'access_token' ? 'ig_exchange_token' : 'ig_refresh_token'] };
    return apis.map(api => ({
      id: call,
      method: api.method,
      template: `/${call}`,
      hosts: INSTAGRAM.hosts,
      parameters: api.params.map(one =>
        parameter(one.name, one.name === 'grant_type' ? grant : typeOf(one.type), one.required),
      ),
      body: null,
      replies: {
        200: {
          'application/json': {
            type: 'object',
            required: ['access_token', 'expires_in'],
            properties: Object.fromEntries(fields.map(one => [one.name, typeOf(one.type)])),
          },
        },
      },
      resolve: () => undefined,
    }));
  });
