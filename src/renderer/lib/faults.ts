import { BridgeError, wordsOf } from './bridge.ts';

/** What is wrong with a form, as sentences: by the first part of a field's path, and what belongs to no field. */
export type Faults = { readonly fields: Readonly<Record<string, string>>; readonly form: string | null };

export const NO_FAULTS: Faults = { fields: {}, form: null };

const sentence = (text: string): string => {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.substring(1);
  return /[.?]$/.test(first) ? first : `${first}.`;
};

/**
 * Sorts an error by the fields of a form. `byCode` names the field to which a refusal of the server belongs, such as a name that is taken.
 * Fields that the form does not have are told above it.
 */
export function faultsOf(
  error: unknown,
  known: readonly string[],
  byCode: Readonly<Record<string, string>> = {},
): Faults {
  const { reason, next } = wordsOf(error);
  const whole = `${sentence(reason)} ${sentence(next)}`;
  if (!(error instanceof BridgeError)) return { fields: {}, form: whole };
  const field = byCode[error.error.serverCode ?? ''];
  if (field !== undefined) return { fields: { [field]: whole }, form: null };
  const fields: Record<string, string> = {};
  for (const { path, message } of error.error.fields) {
    const name = known.find(one => path === one || path.startsWith(`${one}.`));
    if (name !== undefined) fields[name] ??= sentence(message);
  }
  return Object.keys(fields).length > 0 ? { fields, form: null } : { fields: {}, form: whole };
}
