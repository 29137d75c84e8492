import { shorten } from '@astrix/contract';
import type { z } from 'zod';
import { ConsoleError, faultyFields } from '../ipc/errors.ts';

/** The value in the shape of a declaration; throws `bad_argument` with the first fault, in words (SH-14). */
export function checkedArgs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const [issue] = issues;
  const where = issue?.path.join('.') ?? '';
  throw new ConsoleError(
    'bad_argument',
    shorten(`The request was refused: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'it does not fit'}.`, 500),
    'Correct it and try again.',
    { fields: faultyFields(issues.map(({ path, message }) => ({ path: path.join('.'), message }))) },
  );
}

/** A value on its way to the window; throws `bad_result` where it does not have the declared shape, so that nothing else crosses. */
export function checkedResult<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConsoleError(
    'bad_result',
    'The console could not build the response.',
    'Try again. If it happens again, contact support.',
  );
}

/** The name as one of the declared ones; throws `bad_argument` for any other, before anything else is looked at. */
export function declared<N extends string>(what: string, name: string, isDeclared: (name: string) => name is N): N {
  if (isDeclared(name)) return name;
  throw new ConsoleError(
    'bad_argument',
    `The console knows no ${what} called ${name.replaceAll(/[^\w.-]/g, '?')}.`,
    'Restart the console; it may have been updated.',
  );
}
