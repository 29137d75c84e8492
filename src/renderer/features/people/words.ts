import type { Role } from '@astrix/contract';

export const ROLE: Readonly<Record<Role, { readonly label: string; readonly may: string }>> = {
  owner: { label: 'Owner', may: 'Everything, and hands the agency over.' },
  admin: { label: 'Admin', may: 'Every client, people and settings.' },
  manager: { label: 'Manager', may: 'Their clients: answers, connects systems, and invites the staff of a client.' },
  agent: { label: 'Agent', may: 'Answers the customers of their clients.' },
  analyst: { label: 'Analyst', may: 'Reads their clients, and writes to nobody.' },
  client: { label: 'Client’s staff', may: 'Works for one client and reads that client only, without notes.' },
};

export const STATUS = {
  active: { label: 'Active', tone: 'done' },
  suspended: { label: 'Suspended', tone: 'waiting' },
  left: { label: 'Left', tone: 'plain' },
} as const;

export const factorsOf = ({ totp, passkeys }: { readonly totp: number; readonly passkeys: number }): string =>
  [totp > 0 ? 'Authenticator' : '', passkeys > 0 ? (passkeys === 1 ? 'Passkey' : `${passkeys} passkeys`) : '']
    .filter(Boolean)
    .join(', ') || 'None';
