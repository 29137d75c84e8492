/** A JSON schema in any of the dialects that the documents speak (OpenAPI 3.0 and 3.1, Swagger 2.0, Google discovery). */
export type Schema = { readonly [key: string]: unknown };
export type Json = { readonly [key: string]: unknown };

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
  /** How a list is written: `a=1&a=2`, `a=1,2`, `a[x]=1`, or either commas or JSON text as at Meta. */
  readonly style: 'multi' | 'csv' | 'deep' | 'json';
};

/** What a body may be, by media type. */
export type Media = { readonly [type: string]: Schema };

export type Operation = {
  readonly id: string;
  readonly method: string;
  /** The whole path as the document writes it, base path included. */
  readonly template: string;
  readonly hosts: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly media: Media } | null;
  /** By status: `200`, `2XX`, `default`. */
  readonly replies: { readonly [status: string]: Media };
  readonly resolve: Resolve;
  /** What no schema can say about a request, for example the fields of a query in Google's own language. */
  readonly rules?: (request: Read) => readonly string[];
  /** Keeps of a generated example what this request asks for. */
  readonly narrow?: (example: unknown, request: Read) => unknown;
};
export type Resolve = (ref: string) => Schema | undefined;

/** A request after its query and body are read. */
export type Read = { readonly query: URLSearchParams; readonly body: unknown };

/** One document (or a family of them) in the form that the checks understand. */
export type Book = {
  readonly operations: readonly Operation[];
  /** In front of every template; each may hold `{names}`. Without any: the template alone. */
  readonly prefixes?: readonly string[];
  /** Instead of the ones the operations name, where the document has one of several. */
  readonly hosts?: readonly string[];
  /** The shape of error replies where the document leaves it out. */
  readonly error?: Schema;
  /** False where the document is older than the API or leaves fields out: a reply may have fields it does not know. */
  readonly closedReplies: boolean;
  /** Faults that are the document's own: what its examples or the written reference have, and its schemas refuse. */
  readonly loose?: readonly { readonly fault: RegExp; readonly why: string }[];
};

export type OfficialRequest = {
  readonly method: string;
  /** Checked against the document's hosts when given. */
  readonly host?: string;
  /** Percent-encoded, may carry the query. */
  readonly path: string;
  readonly query?: string | URLSearchParams | { readonly [name: string]: string | readonly string[] };
  readonly headers?: { readonly [name: string]: string | readonly string[] | undefined };
  /** A value (JSON), `URLSearchParams`, or the text or bytes as they are sent, read by their content-type. */
  readonly body?: unknown;
  /** The operation's id, its template, or the kind of node (Meta), where a path alone fits more than one. */
  readonly as?: string;
};

export type OfficialReply = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The value, or the JSON text. */
  readonly body?: unknown;
  readonly as?: string;
};

export type Official = {
  /** What is wrong with a request, one sentence each; empty when the document allows it. */
  readonly request: (request: OfficialRequest) => readonly string[];
  /** What is wrong with a reply, one sentence each. */
  readonly reply: (reply: OfficialReply) => readonly string[];
  readonly operations: () => readonly { readonly id: string; readonly method: string; readonly template: string }[];
  /** True when the document describes this at all. */
  readonly knows: (call: Pick<OfficialRequest, 'method' | 'path' | 'as'>) => boolean;
  /** A reply made from the document's own schema; the same every time. The lowest successful status unless one is given. */
  readonly example: (request: OfficialRequest, status?: number) => { readonly status: number; readonly body: unknown };
};
