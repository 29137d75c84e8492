import { type AuditRow, type ProviderId, shorten } from '@astrix/contract';
import type { AuditFound } from '../../platform/audit/index.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { clientNames } from '../clients/index.ts';
import { readMembers } from '../identity/index.ts';
import { SENTENCES, type Told } from './sentences.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Puts entries into words, with the names that people and clients have now. */
export async function tell(tx: TenantTx, found: readonly AuditFound[]): Promise<AuditRow[]> {
  const people = new Set(found.flatMap(entry => [entry.actor_id, personOf(entry)].filter(id => id !== null)));
  const members = people.size === 0 ? [] : await readMembers(tx, [...people]);
  const names = new Map(members.map(({ personId, name }) => [personId, name]));
  const clients = await clientNames(tx, [...new Set(found.map(clientOf).filter(id => id !== null))]);
  return found.map(entry => row(entry, names, clients));
}

const personOf = ({ subject_type, subject_id }: AuditFound): string | null =>
  subject_type === 'person' && UUID.test(subject_id) ? subject_id : null;

/** An entry about a client itself names it as its subject where it belongs to the whole agency. */
const clientOf = ({ client_id, subject_type, subject_id }: AuditFound): string | null =>
  client_id ?? (subject_type === 'client' && UUID.test(subject_id) ? subject_id : null);

function row(entry: AuditFound, names: ReadonlyMap<string, string>, clients: ReadonlyMap<string, string>): AuditRow {
  const known = SENTENCES[entry.event];
  const clientId = clientOf(entry);
  const client = clientId === null ? null : { id: clientId, name: clients.get(clientId) ?? 'a client that is gone' };
  const nameOf = (id: string | null) => (id === null ? '' : (names.get(id) ?? 'somebody who is gone'));
  const detail = detailOf(entry);
  const system = detail('provider');
  const told: Told = {
    who: entry.actor_id === null ? 'Astrix' : nameOf(entry.actor_id),
    whom: nameOf(personOf(entry)),
    client: client?.name ?? 'the agency',
    system: Object.hasOwn(PROVIDERS, system) ? PROVIDERS[system as ProviderId].manifest.name : system || 'a system',
    detail,
  };
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    event: entry.event,
    group: known?.group ?? 'settings',
    // An event of a newer version is shown by its name.
    sentence: shorten(known?.say(told) ?? `${told.who}: ${entry.event}.`, 600),
    actor: entry.actor_id === null ? null : { id: entry.actor_id, name: nameOf(entry.actor_id) },
    client,
  };
}

function detailOf({ detail }: AuditFound): (name: string) => string {
  const facts = (detail ?? {}) as Readonly<Record<string, unknown>>;
  return name => {
    const value = Object.hasOwn(facts, name) ? facts[name] : null;
    return value === null || value === undefined ? '' : String(value);
  };
}
