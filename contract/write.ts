import type { z } from 'zod';

/** What is known of a write beside its arguments. */
export type WriteMeta = {
  /** When it was written, by the server's clock as far as the console knows it (ISO 8601, UTC). */
  readonly createdAt: string;
};

/** What main knows when a write is made. */
export type WriteContext = { readonly newId: () => string; readonly personId: string };

/** Path parameters beside `clientId`, and the body. */
export type WriteRequest = { readonly params: Readonly<Record<string, string>>; readonly body?: unknown };

// biome-ignore lint/suspicious/noExplicitAny: each declaration names the shapes; what folds over all declarations cannot.
type Stored = any;

/**
 * A change that waits in the outbox until the server takes it. Its key is the key of the route, in the same feature, that carries it.
 * The request, the optimistic row, the line in the outbox and the order of sending are derived from this declaration.
 */
export type WriteDefinition = {
  /** What the window sends. Always holds the `clientId` of the screen on which the write was made (SH-21). */
  readonly args: z.ZodObject;
  /**
   * Collection of the row that the write changes. Writes on one subject leave in the order in which they were made, and never two at a
   * time. The subject must be in the cache, under the same client, or the write is refused.
   */
  readonly subject: string;
  readonly subjectId: (args: Stored) => string;
  /** Collection of the row that the server answers with. */
  readonly answers: string;
  /** Values that the writer makes, such as the id of a new message. They are stored with the write and survive every retry. */
  readonly complete: (args: Stored, context: WriteContext) => Readonly<Record<string, unknown>>;
  readonly request: (args: Stored, meta: WriteMeta) => WriteRequest;
  /** The subject's row as the writer sees it while the write is on its way. */
  readonly overlay: (row: Stored, args: Stored, meta: WriteMeta) => Stored;
  /** For a write that makes its subject: the row that is shown until the server answers. Null where the subject must exist. */
  readonly creates: ((args: Stored, meta: WriteMeta) => Stored) | null;
  /** What kind of change it is, in one or two words. */
  readonly label: string;
  /** One line for the list of what is waiting. */
  readonly says: (args: Stored) => string;
  /** What a person may decide anew when a refused write is sent again; null sends it unchanged. */
  readonly retry: z.ZodObject | null;
  /** Holds nothing that a person wrote or decided, so it is neither counted nor listed as waiting, and a refused one is dropped. */
  readonly quiet: boolean;
};

type Spec<A extends z.ZodObject, R extends z.ZodObject, Added> = {
  readonly args: A;
  readonly subject: string;
  /** Schema of the subject's rows. */
  readonly row: R;
  readonly subjectId: (args: z.output<A> & Added) => string;
  readonly answers: string;
  readonly complete?: (args: z.output<A>, context: WriteContext) => Added;
  readonly request: (args: z.output<A> & Added, meta: WriteMeta) => WriteRequest;
  readonly overlay?: (row: z.output<R>, args: z.output<A> & Added, meta: WriteMeta) => z.output<R>;
  readonly creates?: (args: z.output<A> & Added, meta: WriteMeta) => z.output<R>;
  readonly label: string;
  readonly says: (args: z.output<A> & Added) => string;
  readonly retry?: z.ZodObject;
  readonly quiet?: boolean;
};

/** Declares a write. The types of its functions follow from `args`, `complete` and `row`; name these three before the functions. */
export const defineWrite = <
  A extends z.ZodObject,
  R extends z.ZodObject,
  Added extends Record<string, unknown> = Record<never, unknown>,
>(
  spec: Spec<A, R, Added>,
): WriteDefinition & { readonly args: A } => {
  const { row: _row, ...rest } = spec;
  return {
    complete: () => ({}),
    overlay: (row: unknown) => row,
    creates: null,
    retry: null,
    quiet: false,
    ...rest,
  };
};
