import type { Book, Operation } from './types.ts';

type Route = {
  readonly operation: Operation;
  readonly like: RegExp;
  readonly names: readonly string[];
  readonly literal: number;
};
export type Match = { readonly operation: Operation; readonly path: Readonly<Record<string, string>> };

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** `/a/{id}`, `/a/{name=customers/*}` and `/a/{id}:verb`, as the documents write them. */
function routeOf(operation: Operation, prefix: string): Route {
  const names: string[] = [];
  let literal = 0;
  const parts = `${prefix}${operation.template}`.split(/(\{[^}]+\})/).map(part => {
    const [, name, shape] = /^\{\+?([^=}]+)(?:=([^}]+))?\}$/.exec(part) ?? [];
    if (name === undefined) {
      literal += part.length;
      return escaped(part);
    }
    names.push(name);
    const pieces = (shape ?? '*').split('*');
    literal += pieces.join('').length;
    return `(${pieces.map(escaped).join('[^/]+')})`;
  });
  return { operation, like: new RegExp(`^${parts.join('')}$`), names, literal };
}

/** Finds the operations of a path. Of several templates the ones with most literal text win; more than one may be left. */
export function createRouter(book: Book, forced?: string) {
  const prefixes = forced === undefined ? (book.prefixes ?? ['']) : [forced];
  const routes = book.operations
    .flatMap(operation => prefixes.map(prefix => routeOf(operation, prefix)))
    .toSorted((a, b) => b.literal - a.literal);

  return (
    method: string,
    path: string,
    as?: string,
  ): { readonly matches: readonly Match[]; readonly methods: readonly string[] } => {
    const fitting = routes.filter(
      ({ like, operation }) =>
        like.test(path) &&
        (as === undefined || [operation.id, operation.template].includes(as) || operation.id.startsWith(`${as}.`)),
    );
    const own = fitting.filter(({ operation }) => operation.method === method);
    const matches = own
      .filter(({ literal }) => literal === own[0]!.literal)
      .map(({ operation, like, names }) => {
        const values = like.exec(path)!.slice(1);
        return { operation, path: Object.fromEntries(names.map((name, n) => [name, decoded(values[n]!)])) };
      });
    return { matches, methods: [...new Set(fitting.map(({ operation }) => operation.method))] };
  };
}

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
