import type { KeyField } from '@astrix/contract';

/** A pattern is for the whole value. One that this engine cannot read judges nothing here; the server judges it again. */
function fits(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return true;
  }
}

/** What is wrong with a field, in the manifest's own words; null when it may be sent. Values are trimmed as people paste them. */
export function faultOf(field: KeyField, typed: string): string | null {
  const value = typed.trim();
  if (value === '') return field.required ? `${field.label} is needed.` : null;
  if (value.length > field.maxLength) return `${field.label} is longer than ${field.maxLength} characters.`;
  if (field.kind === 'choice')
    return field.options.some(option => option.value === value) ? null : 'Choose one of the list.';
  if (field.pattern !== '' && !fits(field.pattern, value)) return `${field.label} ${field.rule}.`.replace(/\.\.$/, '.');
  return null;
}

/** What goes to the server: trimmed, and without the fields that were left empty. */
export const filled = (fields: readonly KeyField[], values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = (values[name] ?? '').trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
