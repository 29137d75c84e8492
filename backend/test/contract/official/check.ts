import { type Body, readBody, unbracket } from './bodies.ts';
import { exampleOf } from './example.ts';
import { createRouter, type Match } from './route.ts';
import { type Fault, follow, isObject, judge, some, typesOf } from './schema.ts';
import type { Book, Media, Official, OfficialReply, OfficialRequest, Operation, Parameter } from './types.ts';

/** Sent with every call and described once, outside of the operations. */
const EVERYWHERE = new Set(['authorization', 'content-type', 'accept', 'user-agent']);

const told = ({ at, says }: Fault) => `${at}: ${says}`;
const fewest = (all: readonly (readonly string[])[]) => all.toSorted((a, b) => a.length - b.length)[0] ?? [];

function parted({ path, query }: Pick<OfficialRequest, 'path' | 'query'>): { path: string; query: URLSearchParams } {
  const [alone = '', inPath = ''] = path.split('?', 2);
  const all = new URLSearchParams(inPath);
  const given =
    query === undefined || typeof query === 'string' || query instanceof URLSearchParams
      ? new URLSearchParams(query)
      : new URLSearchParams(
          Object.entries(query).flatMap(([name, value]) => [value].flat().map(one => [name, one] as [string, string])),
        );
  for (const [name, value] of given) all.append(name, value);
  return { path: alone, query: all };
}

function queryFaults(operation: Operation, query: URLSearchParams): string[] {
  const known = operation.parameters.filter(one => one.in === 'query');
  const isDeep = ({ name, style }: Parameter, key: string) =>
    key === `${name}[]` || ((style === 'deep' || style === 'multi') && key.startsWith(`${name}[`));
  const faults: string[] = [];
  for (const key of new Set(query.keys()))
    if (!known.some(one => one.name === key || isDeep(one, key)))
      faults.push(
        `query.${key}: is not in the document (known: ${some(
          known.map(one => one.name),
          key,
        )})`,
      );
  for (const parameter of known) {
    const pairs = [...query].filter(([key]) => key === parameter.name || isDeep(parameter, key));
    if (pairs.length > 0) faults.push(...parameterFaults(operation, parameter, pairs));
    else if (parameter.required) faults.push(`query.${parameter.name}: is missing`);
  }
  return faults;
}

function parameterFaults(operation: Operation, parameter: Parameter, pairs: [string, string][]): string[] {
  const { name, style, schema } = parameter;
  const at = `${parameter.in}.${name}`;
  const how = {
    resolve: operation.resolve,
    closed: true,
    direction: 'request',
    text: true,
    jsonText: style === 'json',
  } as const;
  const bracketed = pairs.some(([key]) => key !== name);
  const list = typesOf(follow(schema, operation.resolve)).includes('array');
  const values = pairs.map(([, value]) => value);
  if (bracketed) return judge(schema, unbracket(pairs)[name.replace(/\[\]$/, '')], at, how).map(told);
  if (list && style !== 'json')
    return judge(schema, style === 'csv' ? values.join(',').split(',') : values, at, how).map(told);
  if (values.length > 1) return [`${at}: is given ${values.length} times`];
  return judge(schema, values[0], at, how).map(told);
}

function bodyFaults(operation: Operation, { media, value, fault }: Body): string[] {
  if (fault) return [fault];
  const { body } = operation;
  if (value === undefined) return body?.required ? ['body: is missing'] : [];
  // Some documents (Jira, Google) have calls whose body is an empty object by custom, and say nothing about it.
  if (!body) return isObject(value) && Object.keys(value).length === 0 ? [] : ['body: the document has none here'];
  const schema = mediaOf(body.media, media);
  if (!schema) return [`body: is ${media}, and ${some(Object.keys(body.media))} is expected`];
  const text = media === 'application/x-www-form-urlencoded' || media?.startsWith('multipart/') === true;
  const jsonText = text && (media === 'multipart/related' || operation.parameters.some(one => one.style === 'json'));
  return judge(schema, value, 'body', {
    resolve: operation.resolve,
    closed: true,
    direction: 'request',
    text,
    jsonText,
  }).map(told);
}

const mediaOf = (all: Media, media: string | null) => {
  const entry =
    Object.entries(all).find(([type]) => type.split(';')[0] === media) ??
    Object.entries(all).find(([type]) => type === '*/*');
  return entry?.[1] ?? null;
};

const pathFaults = ({ operation, path }: Match): string[] =>
  operation.parameters
    .filter(one => one.in === 'path' && path[one.name] !== undefined)
    .flatMap(one => parameterFaults(operation, one, [[one.name, path[one.name]!]]));

function requestFaults(book: Book, match: Match, request: OfficialRequest): string[] {
  const { operation } = match;
  const hosts = book.hosts ?? operation.hosts;
  const { query } = parted(request);
  const body = readBody(request);
  const faults = pathFaults(match);
  if (request.host !== undefined && hosts.length > 0 && !hosts.some(host => hostFits(host, request.host!)))
    faults.push(`host: is ${request.host}, and ${hosts.join(', ')} is expected`);
  for (const parameter of operation.parameters) {
    const name = parameter.name.toLowerCase();
    if (parameter.in !== 'header' || EVERYWHERE.has(name) || request.headers === undefined) continue;
    const value = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
    if (value !== undefined) faults.push(...parameterFaults(operation, parameter, [[parameter.name, String(value)]]));
    else if (parameter.required) faults.push(`header.${parameter.name}: is missing`);
  }
  const rules = operation.rules?.({ query, body: body.value }) ?? [];
  return [...faults, ...queryFaults(operation, query), ...bodyFaults(operation, body), ...rules];
}
const hostFits = (host: string, given: string) =>
  host === given || (host.startsWith('*.') && given.endsWith(host.slice(1)));

/** Answered by gateways in front of every API, and left out of most documents. */
const fromTheGateway = (status: number) => status === 401 || status === 403 || status === 429 || status >= 500;

function replyFaults(book: Book, { operation }: Match, { status, body }: OfficialReply): string[] {
  const all = operation.replies;
  const media =
    all[status] ?? all[`${Math.floor(status / 100)}XX`] ?? all[`${Math.floor(status / 100)}xx`] ?? all.default;
  if (!media && !(book.error && status >= 400))
    return fromTheGateway(status)
      ? []
      : [`status ${status}: is not in the document (known: ${some(Object.keys(all))})`];
  const read = readBody({ body });
  const types = Object.entries(media ?? {});
  const schema = types.find(([type]) => type.includes('json'))?.[1] ?? (status >= 400 ? book.error : undefined);
  if (!schema) {
    const binary = types.some(([type]) => type === '*/*');
    // Errors without a schema are those of which the document says only that they happen.
    return read.value === undefined || binary || status >= 400 ? [] : [`body: the document has none for ${status}`];
  }
  if (read.fault) {
    const plain = typeof body === 'string' && typesOf(follow(schema, operation.resolve)).includes('string');
    return plain ? [] : [read.fault];
  }
  if (read.value === undefined)
    return Object.keys(follow(schema, operation.resolve)).length === 0 ? [] : ['body: is missing'];
  return judge(schema, read.value, 'body', {
    resolve: operation.resolve,
    closed: book.closedReplies,
    direction: 'reply',
  }).map(told);
}

/** The checks of one document. `prefix` stands in front of every path instead of what the document has. */
export function createOfficial(book: Book, prefix?: string): Official {
  const route = createRouter(book, prefix);
  const found = (call: Pick<OfficialRequest, 'method' | 'path' | 'as'>) => {
    const all = route(call.method.toUpperCase(), parted(call).path, call.as);
    const fitting = all.matches.filter(match => pathFaults(match).length === 0);
    return fitting.length === 0 ? all : { ...all, matches: fitting };
  };
  const unknown = ({ method, path }: Pick<OfficialRequest, 'method' | 'path'>, methods: readonly string[]) => [
    methods.length > 0
      ? `method: is ${method}, and the document has ${methods.join(', ')} for ${path}`
      : `path: the document describes no ${parted({ path }).path}`,
  ];

  const kept = (faults: readonly string[]) =>
    faults.filter(fault => !book.loose?.some(({ fault: like }) => like.test(fault)));

  return {
    request(request) {
      const { matches, methods } = found(request);
      return matches.length === 0
        ? unknown(request, methods)
        : fewest(matches.map(match => kept(requestFaults(book, match, request))));
    },
    reply(reply) {
      const { matches, methods } = found(reply);
      return matches.length === 0
        ? unknown(reply, methods)
        : fewest(matches.map(match => kept(replyFaults(book, match, reply))));
    },
    operations: () => book.operations.map(({ id, method, template }) => ({ id, method, template })),
    knows: call => found(call).matches.some(match => pathFaults(match).length === 0),
    example(request, wanted) {
      const { matches, methods } = found(request);
      if (matches.length === 0) throw new Error(unknown(request, methods)[0]);
      // Of several operations on one path: the one the request fits best.
      const { operation } = matches.toSorted(
        (a, b) => requestFaults(book, a, request).length - requestFaults(book, b, request).length,
      )[0]!;
      const good = Object.keys(operation.replies).find(status => /^[23]/.test(status)) ?? '200';
      const status = wanted ?? (Number.parseInt(good.replaceAll(/x/gi, '0'), 10) || 200);
      const media = operation.replies[wanted ?? good] ?? operation.replies.default ?? {};
      const schema =
        Object.entries(media).find(([type]) => type.includes('json'))?.[1] ?? (status >= 400 ? book.error : undefined);
      if (!schema) return { status, body: undefined };
      const body = exampleOf(schema, { resolve: operation.resolve, closed: book.closedReplies, direction: 'reply' });
      const { query } = parted(request);
      return { status, body: operation.narrow?.(body, { query, body: readBody(request).value }) ?? body };
    },
  };
}
