import { expect, test } from 'vitest';
import '../../testkit/fake-window.ts';
import { listOf, readRoles, rolesText } from './provider-text.ts';

test('domains may be separated by commas or lines', () => {
  expect(listOf(' agency.in, agency.example\n\nother.in ,')).toEqual(['agency.in', 'agency.example', 'other.in']);
});

test('groups and roles are read as they are shown, also where the group holds the sign between them', () => {
  const roles = [
    { value: 'cn=support,ou=staff', role: 'agent' },
    { value: 'Leads', role: 'manager' },
  ] as const;
  expect(readRoles(rolesText(roles))).toEqual({ roles });
  expect(readRoles('\n')).toEqual({ roles: [] });
});

test.each(['Support', 'Support = ', '= agent', 'Support = owner', 'Support = boss'])('%j is told', line => {
  expect(readRoles(line)).toEqual({ fault: expect.stringContaining(line) });
});
