import type { AnswerOf } from '../../lib/routes.ts';

export type Provider = NonNullable<AnswerOf<'web-sign-in.settings'>['provider']>;
type Mapping = Provider['roles'][number];

const ROLES = ['admin', 'manager', 'agent', 'analyst'] as const satisfies readonly Mapping['role'][];

const isRole = (text: string): text is Mapping['role'] => (ROLES as readonly string[]).includes(text);

/** Words that are separated by commas or lines. */
export const listOf = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map(word => word.trim())
    .filter(word => word !== '');

export const rolesText = (roles: readonly Mapping[]): string =>
  roles.map(({ value, role }) => `${value} = ${role}`).join('\n');

/** Lines such as `Support = agent`; a sentence about the first line that does not fit. */
export function readRoles(text: string): { readonly roles: Mapping[] } | { readonly fault: string } {
  const roles: Mapping[] = [];
  for (const line of text.split('\n').map(one => one.trim())) {
    if (line === '') continue;
    const at = line.lastIndexOf('=');
    const role = line
      .substring(at + 1)
      .trim()
      .toLowerCase();
    const value = line.substring(0, Math.max(at, 0)).trim();
    if (value === '' || !isRole(role))
      return { fault: `“${line}” does not fit. Write a group and a role, such as “Support = agent”.` };
    roles.push({ value, role });
  }
  return { roles };
}
