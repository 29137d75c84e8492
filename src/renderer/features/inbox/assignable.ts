import type { PersonRow } from '@astrix/contract';

/** The people to whom a conversation can be assigned: those of the agency who answer customers. */
export const assignable = (people: readonly PersonRow[]): PersonRow[] =>
  people.filter(person => person.active && person.role !== 'client' && person.role !== 'analyst');
