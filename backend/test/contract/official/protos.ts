/** As much of the proto3 language as Google's API files need: messages, enums, and methods with their HTTP paths. */
export type ProtoField = {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  /** The type of the keys of a map; its values have `type`. */
  readonly key: string | null;
  readonly required: boolean;
};
export type ProtoMethod = {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly streams: boolean;
  readonly http: readonly { readonly method: string; readonly path: string }[];
};
export type Protos = {
  readonly messages: ReadonlyMap<string, readonly ProtoField[]>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly methods: readonly ProtoMethod[];
};

const TOKEN = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[\w.]+|[^\s]/g;

/** Reads one file; names are full ones, with the package and the messages around them. */
export function readProto(text: string): Protos {
  const tokens: string[] = [];
  for (const token of text.match(TOKEN) ?? []) {
    if (token.startsWith('//') || token.startsWith('/*')) continue;
    // A long name may be broken before a dot.
    if (/^\.\w/.test(token)) tokens.push(`${tokens.pop()}${token}`);
    else tokens.push(token);
  }
  const messages = new Map<string, readonly ProtoField[]>();
  const enums = new Map<string, readonly string[]>();
  const methods: ProtoMethod[] = [];
  let at = 0;
  let home = '';

  /** Everything up to the next of these at this level of brackets; the mark itself is taken too. */
  const until = (mark: string): string[] => {
    const found: string[] = [];
    for (let depth = 0; at < tokens.length; at++) {
      const token = tokens[at]!;
      if (depth === 0 && token === mark) break;
      if ('{[('.includes(token)) depth += 1;
      if ('}])'.includes(token)) depth -= 1;
      found.push(token);
    }
    at += 1;
    return found;
  };
  const block = (): string[] => {
    until('{');
    return until('}');
  };

  const messageIn = (scope: string): void => {
    const name = `${scope}.${tokens[at + 1]}`;
    at += 3;
    const fields: ProtoField[] = [];
    for (let oneof = false; at < tokens.length; ) {
      const token = tokens[at]!;
      if (token === '}') {
        at += 1;
        if (!oneof) break;
        oneof = false;
      } else if (token === 'message') messageIn(name);
      else if (token === 'enum') enumIn(name);
      else if (token === 'oneof') {
        oneof = true;
        at += 3;
      } else if (token === 'option' || token === 'reserved' || token === 'extensions' || token === ';') until(';');
      else fields.push(fieldOf(until(';')));
    }
    messages.set(name, fields);
  };
  const enumIn = (scope: string): void => {
    const name = `${scope}.${tokens[at + 1]}`;
    enums.set(
      name,
      block().filter((token, n, all) => all[n + 1] === '=' && /^[A-Z][A-Z0-9_]*$/.test(token)),
    );
  };
  const service = (): void => {
    const body = block();
    const starts = body.flatMap((token, n) => (token === 'rpc' && body[n + 2] === '(' ? [n] : []));
    for (const [n, start] of starts.entries()) methods.push(methodOf(body.slice(start, starts[n + 1])));
  };

  while (at < tokens.length) {
    const token = tokens[at];
    if (token === 'package') home = until(';')[1]!;
    else if (token === 'message') messageIn(home);
    else if (token === 'enum') enumIn(home);
    else if (token === 'service') service();
    else until(';');
  }
  return { messages, enums, methods };
}

function fieldOf(tokens: readonly string[]): ProtoField {
  const words = tokens.filter(token => token !== 'optional');
  const repeated = words[0] === 'repeated';
  const required = words.includes('REQUIRED');
  if (words[0] === 'map') return { name: words[6]!, type: words[4]!, key: words[2]!, repeated: false, required };
  const [type, name] = repeated ? words.slice(1) : words;
  return { name: name!, type: type!, key: null, repeated, required };
}

function methodOf(tokens: readonly string[]): ProtoMethod {
  const sides = tokens
    .slice(0, tokens.indexOf('{'))
    .filter(token => !['(', ')', 'rpc', 'returns', 'stream'].includes(token));
  const http = tokens.flatMap((token, n) =>
    ['get', 'put', 'post', 'delete', 'patch'].includes(token) &&
    tokens[n + 1] === ':' &&
    tokens[n + 2]?.startsWith('"/')
      ? [{ method: token.toUpperCase(), path: tokens[n + 2]!.slice(1, -1) }]
      : [],
  );
  return { name: sides[0]!, request: sides[1]!, response: sides[2]!, streams: tokens.includes('stream'), http };
}

/** `cost_micros` in JSON: `costMicros`. */
export const camel = (name: string): string =>
  name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
