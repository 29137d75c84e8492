import type { KeyField } from '@astrix/contract';

/** Whether the whole value matches the pattern. A pattern that this engine cannot compile accepts every value; the server checks it again. */
function fits(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return true;
  }
}

/** Why a field cannot be sent, in the words of the manifest; null when it can. Pasted values often have spaces around them, so they are trimmed. */
export function faultOf(field: KeyField, typed: string): string | null {
  const value = typed.trim();
  if (value === '') return field.required ? `${field.label} is required.` : null;
  if (value.length > field.maxLength) return `${field.label} is longer than ${field.maxLength} characters.`;
  if (field.kind === 'choice') return field.options.some(option => option.value === value) ? null : 'Choose an option.';
  if (field.pattern !== '' && !fits(field.pattern, value)) return `${field.label} ${field.rule}.`.replace(/\.\.$/, '.');
  return null;
}

/** The values to send: trimmed, without empty fields. */
export const filled = (fields: readonly KeyField[], values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = (values[name] ?? '').trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
