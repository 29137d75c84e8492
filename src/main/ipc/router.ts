import { shorten } from '@astrix/contract';
import { type CallName, CHANNELS, type Channel, type IpcError, type IpcReply } from '../../shared/ipc.ts';
import type { Handlers } from '../ports.ts';
import { ConsoleError, plainError, whyNotPlain } from './errors.ts';
import { allInPlainDirection } from './text-direction.ts';

/** The one Electron channel that carries every call; which one is in the message. */
export const IPC_CALL = 'astrix:call';
export const IPC_EVENT = 'astrix:event';

/** Who sent a message, as far as it can be known at the moment it arrives. */
export type Caller = {
  readonly frame: { readonly url: string; readonly isTop: boolean } | null;
  /** Made by the window factory and still alive. */
  readonly knownWindow: boolean;
};

export type RouterDeps = {
  readonly handlers: Handlers;
  readonly signedIn: () => boolean;
  /** Exactly the origin of our own pages. */
  readonly isOwnOrigin: (url: string) => boolean;
  readonly log: (event: string, fields: Readonly<Record<string, string | number>>) => void;
};

const SLOW_MS = 40;

const refusals = {
  caller: plainError(
    'forbidden_sender',
    'This request did not come from the console.',
    'Close the window and open it again.',
  ),
  unknown: plainError(
    'unknown_channel',
    'The console does not know this request.',
    'Restart the console; it may have been updated.',
  ),
  large: plainError('too_large', 'This is too large to process.', 'Make it smaller and try again.'),
  signedOut: plainError('signed_out', 'You are not signed in.', 'Sign in and try again.'),
  result: plainError(
    'bad_result',
    'The console could not build the response.',
    'Try again. If it happens again, contact support.',
  ),
  internal: plainError(
    'internal',
    'Something went wrong in the console.',
    'Try again. If it happens again, restart the console.',
  ),
} as const;

/**
 * Judges the caller first and synchronously, then the name, the argument, the session; runs the handler; checks the result. Errors
 * go back as values: a rejected promise would carry a stack into the window (SH-10, SH-14).
 */
export function createRouter({
  handlers,
  signedIn,
  isOwnOrigin,
  log,
}: RouterDeps): (caller: Caller, name: unknown, args: unknown) => Promise<IpcReply<CallName>> {
  function judge(
    caller: Caller,
    name: unknown,
    args: unknown,
  ): { channel: Channel; name: CallName; args: unknown } | IpcError {
    if (caller.frame === null || !caller.frame.isTop || !caller.knownWindow || !isOwnOrigin(caller.frame.url))
      return refusals.caller;
    if (typeof name !== 'string' || !Object.hasOwn(CHANNELS, name)) return refusals.unknown;
    const channel: Channel = CHANNELS[name as CallName];
    if (channel.kind === 'event') return refusals.unknown;
    const fault = whyNotPlain(args);
    if (fault !== null)
      return fault === 'too large'
        ? refusals.large
        : plainError('bad_argument', `The request was refused: ${fault}.`, 'Restart the console.');
    const parsed = channel.args.safeParse(args);
    if (!parsed.success)
      return plainError('bad_argument', sentenceOf(parsed.error.issues[0]), 'Correct it and try again.');
    if (channel.session && !signedIn()) return refusals.signedOut;
    return { channel, name: name as CallName, args: parsed.data };
  }

  return async (caller, name, args) => {
    const call = judge(caller, name, args);
    if ('code' in call) return refuse(call);
    const started = performance.now();
    try {
      const value = await (handlers[call.name] as (args: unknown) => Promise<unknown>)(call.args);
      const result = call.channel.result.safeParse(value);
      if (result.success) return { ok: true, value: allInPlainDirection(result.data) as never };
      log('ipc result does not fit', { channel: call.name, path: result.error.issues[0]?.path.join('.') ?? '' });
      return refuse(refusals.result);
    } catch (error) {
      if (error instanceof ConsoleError) return refuse(error.error);
      log('ipc handler failed', { channel: call.name, error: error instanceof Error ? error.name : typeof error });
      return refuse(refusals.internal);
    } finally {
      const ms = Math.round(performance.now() - started);
      if (ms > SLOW_MS) log('slow ipc', { channel: call.name, ms });
    }
  };
}

const refuse = (error: IpcError): { ok: false; error: IpcError } => ({ ok: false, error });

function sentenceOf(issue: { path: PropertyKey[]; message: string } | undefined): string {
  const where = issue?.path.map(String).join('.') ?? '';
  return shorten(`The request is not valid${where ? `: ${where} ${issue?.message ?? ''}` : ''}.`, 300);
}
