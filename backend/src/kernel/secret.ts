import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A value that prints as `[redacted]` wherever it is put: logs, errors, JSON, templates. `reveal` is the one way out. */
class Sealed<T, Kind extends string> {
  readonly kind: Kind;
  readonly #value: T;

  constructor(kind: Kind, value: T) {
    this.kind = kind;
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Credentials, keys and tokens. */
export type Secret<T = string> = Sealed<T, 'secret'>;
/** Personal data of somebody's customer. */
export type Pii<T = string> = Sealed<T, 'pii'>;

export const secret = <T>(value: T): Secret<T> => new Sealed('secret', value);
/** Buyers come with the orders. @public */
export const pii = <T>(value: T): Pii<T> => new Sealed('pii', value);
