import type { AuditFilter, AuditGroup } from '@astrix/contract';
import { istAt } from '../../lib/format.ts';

/** What the filter bar holds; an empty text leaves a part out. Days are days in India. */
export type Chosen = {
  readonly personId: string;
  readonly group: AuditGroup | '';
  readonly clientId: string;
  readonly from: string;
  readonly to: string;
};

export const ALL: Chosen = { personId: '', group: '', clientId: '', from: '', to: '' };

/** What each group of events is called. */
export const GROUPS: Readonly<Record<AuditGroup, string>> = {
  'sign-in': 'Sign-in',
  people: 'People',
  clients: 'Clients',
  connections: 'Connections',
  settings: 'Settings',
  work: 'Work',
  exports: 'Exports',
};

/** Noon of the day, so that whole days can be added to it. */
const noonOf = (day: string) => new Date(`${day}T12:00:00+05:30`);

/** The filter as the server takes it: the last day is meant in whole, and the server's `to` is exclusive. */
export const filterOf = ({ personId, group, clientId, from, to }: Chosen): AuditFilter => ({
  ...(personId === '' ? {} : { personId }),
  ...(group === '' ? {} : { group }),
  ...(clientId === '' ? {} : { clientId }),
  ...(from === '' ? {} : { from: istAt(noonOf(from), 0, 0).toISOString() }),
  ...(to === '' ? {} : { to: istAt(noonOf(to), 1, 0).toISOString() }),
});

/** What is wrong with the days, as a sentence. */
export const daysFault = ({ from, to }: Chosen): string | null =>
  from !== '' && to !== '' && from > to ? 'The first day is after the last. Choose an earlier first day.' : null;
