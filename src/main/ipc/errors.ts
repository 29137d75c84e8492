import { shorten } from '@astrix/contract';
import { IPC_MAX_BYTES, IPC_MAX_DEPTH, type IpcError } from '../../shared/ipc.ts';

/** A refusal that a person can act on. Everything else that is thrown crosses as `internal`, without its words. */
export class ConsoleError extends Error {
  readonly error: IpcError;
  constructor(
    code: IpcError['code'],
    reason: string,
    next: string,
    extra: Partial<Pick<IpcError, 'serverCode' | 'reference' | 'retryAfterSeconds' | 'fields'>> = {},
  ) {
    super(reason);
    this.name = 'ConsoleError';
    this.error = {
      code,
      reason,
      next,
      serverCode: null,
      reference: null,
      retryAfterSeconds: null,
      fields: [],
      ...extra,
    };
  }
}

/** Fields that an error names at most. */
const MAX_FIELDS = 50;

/** What is wrong with single fields, short enough to cross. */
export const faultyFields = (fields: IpcError['fields']): IpcError['fields'] =>
  fields
    .slice(0, MAX_FIELDS)
    .map(({ path, message }) => ({ path: shorten(path, 200), message: shorten(message, 400) }));

export const plainError = (code: IpcError['code'], reason: string, next: string): IpcError =>
  new ConsoleError(code, reason, next).error;

/** Null when `value` may cross: plain data, not too deep, not too large, and no key that could reach a prototype (SH-14). */
export function whyNotPlain(value: unknown): string | null {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  let bytes = 0;
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const at = entry.value;
    if (typeof at === 'string') bytes += at.length * 2;
    else bytes += 8;
    if (bytes > IPC_MAX_BYTES) return 'too large';
    if (typeof at === 'function' || typeof at === 'symbol' || typeof at === 'bigint') return 'not plain data';
    if (typeof at !== 'object' || at === null) continue;
    if (entry.depth > IPC_MAX_DEPTH) return 'nested too deep';
    const prototype = Object.getPrototypeOf(at) as unknown;
    if (!Array.isArray(at) && prototype !== Object.prototype && prototype !== null) return 'not plain data';
    for (const key of Object.keys(at)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') return 'a forbidden key';
      bytes += key.length * 2;
      stack.push({ value: (at as Record<string, unknown>)[key], depth: entry.depth + 1 });
    }
  }
  return null;
}
