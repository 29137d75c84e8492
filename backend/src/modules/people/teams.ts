import type { TeamRow } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { codeOf, type SystemTx, txNow } from '../../platform/db/index.ts';
import { readDirectory, setTeamAccess } from '../identity/index.ts';
import './tables.ts';

const UNIQUE = '23505';

export type TeamParts = Pick<TeamRow, 'name' | 'personIds' | 'clientIds'>;

/** Teams by name; `teamId` narrows them to one. */
export async function readTeams(tx: SystemTx, agencyId: string, teamId?: string): Promise<TeamRow[]> {
  let query = tx.selectFrom('teams').select(['id', 'name']).where('agency_id', '=', agencyId).orderBy('name');
  if (teamId !== undefined) query = query.where('id', '=', teamId);
  const teams = await query.execute();
  const people = await tx
    .selectFrom('team_people')
    .select(['team_id', 'person_id'])
    .where('agency_id', '=', agencyId)
    .execute();
  const clients = await tx
    .selectFrom('team_clients')
    .select(['team_id', 'client_id'])
    .where('agency_id', '=', agencyId)
    .execute();
  return teams.map(({ id, name }) => ({
    id,
    name,
    personIds: people.filter(row => row.team_id === id).map(row => row.person_id),
    clientIds: clients.filter(row => row.team_id === id).map(row => row.client_id),
  }));
}

/** Makes a team, or gives an existing one name, people and clients. Their access follows in the same transaction (AU-08). */
export async function writeTeam(
  tx: SystemTx,
  agencyId: string,
  teamId: string | null,
  { name, personIds, clientIds }: TeamParts,
): Promise<TeamRow> {
  await demandStaff(tx, agencyId, personIds);
  const before = teamId === null ? null : ((await readTeams(tx, agencyId, teamId))[0] ?? fail('not_found'));
  const id = teamId ?? newId(txNow(tx));
  await tx
    .insertInto('teams')
    .values({ agency_id: agencyId, id, name, created_at: txNow(tx) })
    .onConflict(conflict => conflict.columns(['agency_id', 'id']).doUpdateSet({ name }))
    .execute()
    .catch(error => (codeOf(error) === UNIQUE ? fail('name_taken') : Promise.reject(error)));
  await emptied(tx, agencyId, id);
  const people = [...new Set(personIds)].map(personId => ({ agency_id: agencyId, team_id: id, person_id: personId }));
  const clients = [...new Set(clientIds)].map(clientId => ({ agency_id: agencyId, team_id: id, client_id: clientId }));
  if (people.length > 0) await tx.insertInto('team_people').values(people).execute();
  if (clients.length > 0) await tx.insertInto('team_clients').values(clients).execute();
  for (const personId of new Set([...personIds, ...(before?.personIds ?? [])])) await follow(tx, agencyId, personId);
  return (await readTeams(tx, agencyId, id))[0]!;
}

export async function removeTeam(tx: SystemTx, agencyId: string, teamId: string): Promise<void> {
  const before = (await readTeams(tx, agencyId, teamId))[0] ?? fail('not_found');
  await emptied(tx, agencyId, teamId);
  await tx.deleteFrom('teams').where('agency_id', '=', agencyId).where('id', '=', teamId).execute();
  for (const personId of before.personIds) await follow(tx, agencyId, personId);
}

/** Puts somebody who has joined into the teams of their invitation that are still there. */
export async function joinTeams(
  tx: SystemTx,
  agencyId: string,
  personId: string,
  teamIds: readonly string[],
): Promise<void> {
  for (const { id } of await readTeams(tx, agencyId))
    if (teamIds.includes(id))
      await tx
        .insertInto('team_people')
        .values({ agency_id: agencyId, team_id: id, person_id: personId })
        .onConflict(conflict => conflict.doNothing())
        .execute();
  await follow(tx, agencyId, personId);
}

/** Takes somebody who leaves out of all teams. Answers how many. */
export async function leaveTeams(tx: SystemTx, agencyId: string, personId: string): Promise<number> {
  const left = await tx
    .deleteFrom('team_people')
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .returning('team_id')
    .execute();
  return left.length;
}

async function emptied(tx: SystemTx, agencyId: string, teamId: string): Promise<void> {
  await tx.deleteFrom('team_people').where('agency_id', '=', agencyId).where('team_id', '=', teamId).execute();
  await tx.deleteFrom('team_clients').where('agency_id', '=', agencyId).where('team_id', '=', teamId).execute();
}

/** The access of a person by teams is that of the teams they are in. */
async function follow(tx: SystemTx, agencyId: string, personId: string): Promise<void> {
  const teams = (await readTeams(tx, agencyId)).filter(team => team.personIds.includes(personId));
  await setTeamAccess(tx, agencyId, personId, [...new Set(teams.flatMap(team => team.clientIds))]);
}

/** A team is of the agency's own people: staff of a client would see its other clients. */
async function demandStaff(tx: SystemTx, agencyId: string, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  const people = new Map((await readDirectory(tx, agencyId)).map(person => [person.id, person]));
  for (const id of personIds) {
    const person = people.get(id);
    if (!person || person.status === 'left') return fail('not_found');
    if (person.role === 'client') fail('invalid_request', { detail: 'The staff of a client cannot be in a team.' });
  }
}
