import type { IpcError, IpcReply } from '../../shared/ipc.ts';

/** The only way to main. Main answers errors as values; `ask` throws them as `BridgeError`. */
export const bridge = window.astrix;

export class BridgeError extends Error {
  readonly error: IpcError;
  constructor(error: IpcError) {
    super(error.reason);
    this.name = 'BridgeError';
    this.error = error;
  }
}

/** The value of the answer. Throws a `BridgeError` when main refused or failed. */
export async function ask<T>(reply: Promise<{ ok: true; value: T } | { ok: false; error: IpcError }>): Promise<T> {
  const answer = await reply;
  if (!answer.ok) throw new BridgeError(answer.error);
  return answer.value;
}

/** Words for a person about anything that was thrown. */
export function wordsOf(error: unknown): { reason: string; next: string; reference: string | null } {
  if (error instanceof BridgeError) return error.error;
  return {
    reason: 'Something went wrong in the console.',
    next: 'Try again. If it happens again, restart the console.',
    reference: null,
  };
}

export type { IpcReply };
