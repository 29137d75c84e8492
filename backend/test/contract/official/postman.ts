import { fieldsIn, narrowed } from './graph-fields.ts';
import { isObject, listOf, some } from './schema.ts';
import type { Book, Json, Operation, Parameter, Read, Schema } from './types.ts';

type Call = {
  readonly name: string;
  readonly method: string;
  readonly template: string;
  readonly query: readonly { readonly key: string; readonly value?: string | null }[];
  readonly replies: readonly unknown[];
};

/**
 * A Postman collection: it holds examples, no rules. So: which calls there are, which parameters they take, the choices of those whose
 * values the collection names, and of replies the kinds that its saved ones have.
 */
export function postmanBook(
  collection: Json,
  { host, error }: { readonly host: string; readonly error: Schema },
): Book {
  const variables = new Map(listOf(collection.variable).map(({ key, value }) => [String(key), String(value)]));
  const choicesOf = (name: string): readonly string[] | null => {
    const value = variables.get(name) ?? '';
    return value.includes(',') ? (fieldsIn(value) ?? []).map(field => field.name) : null;
  };
  const groups = Map.groupBy(callsIn(collection), ({ method, template }) => `${method} ${template}`);
  const operations = [...groups.values()].map(calls => operationOf(calls, host, choicesOf));
  // An example of a reply is one case; others have more fields.
  return { operations, error, prefixes: ['', '/v{version}'], closedReplies: false };
}

function operationOf(
  calls: readonly Call[],
  host: string,
  choicesOf: (name: string) => readonly string[] | null,
): Operation {
  const { method, template, name } = calls[0]!;
  const all = calls.flatMap(call => call.query);
  const names = [...new Set(['access_token', ...all.map(one => one.key)])];
  /** `fields={{fields_threads}}`: the names that may stand there. */
  const lists = new Map(
    all.flatMap(({ key, value }) => {
      const choices = choicesOf(/^\{\{(\w+)\}\}$/.exec(value ?? '')?.[1] ?? '');
      return choices ? [[key, choices] as const] : [];
    }),
  );
  const properties = Object.fromEntries(
    names.map(key => [key, lists.has(key) ? {} : { enum: choicesOf(key) ?? undefined }] as const),
  );
  const replies = calls.flatMap(call => call.replies);
  const whole: Schema = { type: 'object', properties };
  return {
    id: name,
    method,
    template,
    hosts: [host],
    parameters: Object.entries(properties).map(
      ([key, schema]): Parameter => ({ name: key, in: 'query', required: false, schema, style: 'json' }),
    ),
    body:
      method === 'GET'
        ? null
        : { required: false, media: { 'application/x-www-form-urlencoded': whole, 'application/json': whole } },
    replies: { 200: { 'application/json': replies.length === 0 ? {} : kindOf(replies, !names.includes('fields')) } },
    resolve: () => undefined,
    rules: ({ query }: Read) =>
      [...lists].flatMap(([key, known]) => {
        const asked = fieldsIn(query.get(key) ?? '') ?? [];
        const wrong = asked.filter(field => !known.includes(field.name));
        return wrong.map(
          field => `query.${key}: ${field.name} is not in the collection (known: ${some(known, field.name)})`,
        );
      }),
    narrow: (example, { query }) =>
      query.has('fields') ? narrowed(example, fieldsIn(query.get('fields')!) ?? []) : example,
  };
}

function callsIn(holder: Json): readonly Call[] {
  return listOf(holder.item).flatMap(item => {
    if (!isObject(item.request)) return callsIn(item);
    const { method, url } = item.request as { readonly method: string; readonly url: Json };
    // `me` stands for the number of the account as well.
    const path = (url.path as string[])
      .filter(Boolean)
      .map(step => step.replace(/^\{\{(\w+)\}\}$|^me$/, (_, name) => `{${name ?? 'user_id'}}`));
    const replies = listOf(item.response).flatMap(({ body }) => readable(String(body ?? '')));
    return [
      {
        name: String(item.name),
        method,
        template: `/${path.join('/')}`,
        query: (url.query ?? []) as Call['query'],
        replies,
      },
    ];
  });
}

/** Saved replies hold places like `<string>` without quotes. */
const readable = (text: string): readonly unknown[] => {
  try {
    return [JSON.parse(text.replaceAll(/:\s*<(\w+)>/g, ': "$1"'))];
  } catch {
    return [];
  }
};

function kindOf(values: readonly unknown[], strict: boolean): Schema {
  const [first] = values;
  if (values.every(Array.isArray))
    return { type: 'array', items: values.flat().length > 0 ? kindOf(values.flat(), false) : {} };
  if (!values.every(isObject))
    return values.every(value => typeof value === typeof first) && first !== null ? { type: typeof first } : {};
  const names = [...new Set(values.flatMap(value => Object.keys(value)))];
  const inAll = names.filter(name => values.every(value => name in value));
  return {
    type: 'object',
    required:
      strict || inAll.includes('data')
        ? inAll.filter(name => strict || name === 'data').filter(name => name !== 'paging')
        : [],
    properties: Object.fromEntries(
      names.map(name => [
        name,
        kindOf(
          values.flatMap(value => (name in value ? [value[name]] : [])),
          false,
        ),
      ]),
    ),
  };
}
