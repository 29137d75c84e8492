import { ERRORS, type ErrorCode } from '@astrix/contract';

export type AppErrorOptions = {
  /** A sentence for a person; without it the catalogue's own is used. Never carries a value that the caller may not see. */
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
  readonly newer?: readonly unknown[];
  readonly cause?: unknown;
};

/** A refusal with a stable code from the contract's catalogue. Everything else that is thrown leaves as `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly options: AppErrorOptions;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? ERRORS[code].reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.options = options;
  }
}

export function fail(code: ErrorCode, options: AppErrorOptions = {}): never {
  throw new AppError(code, options);
}
