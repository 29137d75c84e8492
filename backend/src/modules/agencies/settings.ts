import {
  type AgencySettingsFields,
  type AgencySettingsView,
  type ConsoleRulesRow,
  DEFAULT_AGENCY_SETTINGS,
} from '@astrix/contract';
import { type Selectable, sql } from 'kysely';
import type { AgencySettings } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { type Actor, type AnyTx, type Schema, type TenantTx, txNow } from '../../platform/db/index.ts';

type Row = Selectable<Schema['agency_settings']>;

const fieldsOf = (row: Row): AgencySettingsFields => ({
  sessionIdleHours: row.session_idle_hours,
  sessionLifeDays: row.session_life_days,
  privilegedLifeHours: row.privileged_life_hours,
  offlineLeaseDays: row.offline_lease_days,
  devicesPerPerson: row.devices_per_person,
  platforms: row.platforms,
  exportRoles: row.export_roles,
  recoveryDelayHours: row.recovery_delay_hours,
  invitationsPerDay: row.invitations_per_day,
});

const find = (tx: AnyTx, agencyId: string): Promise<Row | undefined> =>
  tx.selectFrom('agency_settings').selectAll().where('agency_id', '=', agencyId).executeTakeFirst();

export async function readSettings(tx: AnyTx, agencyId: string): Promise<Omit<AgencySettingsView, 'region'>> {
  const row = await find(tx, agencyId);
  return {
    settings: row ? fieldsOf(row) : DEFAULT_AGENCY_SETTINGS,
    version: row?.version ?? 0,
    updatedAt: row?.updated_at.toISOString() ?? null,
  };
}

/** The same in the units that the code counts in. */
export async function agencySettings(tx: AnyTx, agencyId: string): Promise<AgencySettings> {
  const { settings } = await readSettings(tx, agencyId);
  const { recoveryDelayHours, invitationsPerDay, devicesPerPerson, platforms, exportRoles } = settings;
  return {
    ...{ recoveryDelayHours, invitationsPerDay, devicesPerPerson, platforms, exportRoles },
    session: {
      idleSeconds: settings.sessionIdleHours * 3600,
      lifeSeconds: settings.sessionLifeDays * 86_400,
      privilegedLifeSeconds: settings.privilegedLifeHours * 3600,
    },
  };
}

/** Replaces the settings. Refuses a change that was made from an older version. Answers the names of the fields that are different now. */
export async function saveSettings(
  tx: TenantTx,
  actor: Actor,
  { version, ...fields }: AgencySettingsFields & { readonly version: number },
): Promise<string[]> {
  // Also while there is no row yet: two first changes at once would both be made from version 0.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`agency-settings/${actor.agencyId}`}, 0))`.execute(tx);
  const before = await readSettings(tx, actor.agencyId);
  if (before.version !== version) fail('changed_meanwhile');
  const values = {
    session_idle_hours: fields.sessionIdleHours,
    session_life_days: fields.sessionLifeDays,
    privileged_life_hours: fields.privilegedLifeHours,
    offline_lease_days: fields.offlineLeaseDays,
    devices_per_person: fields.devicesPerPerson,
    platforms: fields.platforms,
    export_roles: fields.exportRoles,
    recovery_delay_hours: fields.recoveryDelayHours,
    invitations_per_day: fields.invitationsPerDay,
    version: version + 1,
    updated_at: txNow(tx),
    updated_by: actor.personId,
  };
  await tx
    .insertInto('agency_settings')
    .values({ agency_id: actor.agencyId, id: actor.agencyId, ...values })
    .onConflict(conflict => conflict.column('agency_id').doUpdateSet(values))
    .execute();
  const names = Object.keys(fields) as (keyof AgencySettingsFields)[];
  return names.filter(name => JSON.stringify(fields[name]) !== JSON.stringify(before.settings[name]));
}

/** For the consoles of the agency. */
export async function readConsoleRules(tx: TenantTx, ids: readonly string[] | null): Promise<ConsoleRulesRow[]> {
  let query = tx.selectFrom('agency_settings').select(['id', 'offline_lease_days', 'updated_at']);
  if (ids !== null) query = query.where('id', 'in', ids);
  const rows = await query.execute();
  return rows.map(row => ({
    id: row.id,
    offlineLeaseDays: row.offline_lease_days,
    updatedAt: row.updated_at.toISOString(),
  }));
}
