/** The two ways in which WhatsApp names a customer. */

export const digits = (value: unknown): string | null =>
  typeof value === 'string' && /^\+?\d{5,20}$/.test(value) ? value.replace('+', '') : null;

/** Business-scoped user id: country, `ENT` for the one of a linked portfolio, up to 128 letters and digits. */
export const bsuid = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(value) ? value : null;

/** WhatsApp writes numbers out in full; the last four digits tell them apart, and the rest never leaves the backend. */
export const withoutNumbers = (said: string): string => said.replace(/\+?\d{3,}(\d{4})/g, '••••• •$1');
