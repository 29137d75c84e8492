import {
  type Capability,
  type CapabilityKind,
  type ConnectionView,
  type Fault,
  type HealthView,
  shorten,
} from '@astrix/contract';
import type { Selectable } from 'kysely';
import type { AnyTx, Schema, SystemTx } from '../../platform/db/index.ts';
import type { SecretFacts } from '../../platform/vault/index.ts';
import type { Manifest } from '../../providers/provider.ts';
import type { ConnectionsDeps } from './deps.ts';
import { ownWebhook } from './endpoints.ts';
import { accountOf, type ConnectionRow, manifestOf, vaultRefOf } from './repo.ts';
import { accountView } from './tables.ts';

/** Requested against granted. Null where the provider does not say: then nothing is gated, and a refusal of the provider shows what lacks. */
export function compareScopes(manifest: Manifest, granted: readonly string[] | null) {
  const asked = manifest.auth.kind === 'oauth2' ? manifest.auth.scopes.map(({ scope }) => scope) : [];
  return {
    granted: granted === null ? null : [...granted],
    missing: granted === null ? [] : asked.filter(scope => !granted.includes(scope)),
    extra: granted === null || manifest.auth.kind !== 'oauth2' ? [] : granted.filter(scope => !asked.includes(scope)),
  };
}

/** True when a scope that it takes was not granted (VT-10). */
export const isGated = (manifest: Manifest, capability: Capability, granted: readonly string[] | null): boolean =>
  granted !== null &&
  manifest.auth.kind === 'oauth2' &&
  manifest.capabilities.some(one => one.capability === capability && one.needs.some(scope => !granted.includes(scope)));

type HealthRow = Selectable<Schema['connection_health']>;

function healthOf(manifest: Manifest, rows: readonly HealthRow[], granted: readonly string[] | null): HealthView[] {
  return manifest.capabilities.map(({ capability, kind, title, needs }) => {
    const row = rows.find(one => one.capability === capability && one.kind === kind);
    const missing =
      granted === null || manifest.auth.kind !== 'oauth2' ? [] : needs.filter(scope => !granted.includes(scope));
    const fault = (row?.fault ?? null) as Fault | null;
    return {
      capability: capability as Capability,
      kind: kind as CapabilityKind,
      title,
      status: missing.length > 0 ? 'gated' : !row ? 'unknown' : fault === null ? 'ok' : 'failing',
      lastOkAt: row?.ok_at?.toISOString() ?? null,
      lastFailedAt: row?.failed_at?.toISOString() ?? null,
      fault:
        missing.length > 0
          ? {
              code: 'scope-missing',
              reason: shorten(`Missing permission: ${missing.join(', ')}`, 400),
              next: 'Reconnect and keep this permission ticked.',
            }
          : (fault ?? leftAsideOf(row?.left_aside ?? 0)),
    };
  });
}

/** What works and has left rows aside says so: the status stays, because everything else is imported. */
function leftAsideOf(rows: number): Fault | null {
  if (rows === 0) return null;
  return {
    code: 'rows-left-aside',
    reason: rows === 1 ? 'One row cannot be read and is left out.' : `${rows} rows cannot be read and are left out.`,
    next: 'All other rows were imported. Check the row at the provider; Astrix imports it once it is readable.',
  };
}

/** The one button that mends it. */
function fixOf(
  row: ConnectionRow,
  manifest: Manifest,
  health: readonly HealthView[],
  stale: boolean,
): ConnectionView['fix'] {
  const again = manifest.auth.kind === 'key' ? 'rotate' : 'reconnect';
  if (row.status === 'broken' || health.some(({ status }) => status === 'gated')) return again;
  const failing = row.fault !== null || health.some(({ status }) => status === 'failing');
  if (row.status === 'active' && failing) return 'recheck';
  return row.status === 'active' && stale ? again : 'none';
}

type ViewContext = { readonly tx: SystemTx; readonly deps: ConnectionsDeps; readonly isOff: boolean };

export async function viewOf(row: ConnectionRow, { tx, deps, isOff }: ViewContext): Promise<ConnectionView> {
  const manifest = manifestOf(row);
  const granted = row.granted as string[] | null;
  const rows = await healthRows(tx, row);
  const health = healthOf(manifest, rows, granted);
  const facts = row.status === 'disconnected' ? [] : await deps.vault.describe(tx, vaultRefOf(row));
  const credential = shownOf(manifest, facts);
  return {
    id: row.id,
    provider: manifest.id,
    clientId: row.client_id,
    status: row.status,
    account: accountView(accountOf(row)),
    connectedBy: row.connected_by,
    connectedAt: row.connected_at.toISOString(),
    lastCheckedAt: row.checked_at?.toISOString() ?? null,
    credential,
    accessEndsAt: row.access_ends_at?.toISOString() ?? null,
    scopes: compareScopes(manifest, granted),
    health,
    budget: deps.egress.budgetOf(manifest.id, row.id),
    fix: fixOf(row, manifest, health, credential?.stale ?? false),
    fault: row.fault as Fault | null,
    off: isOff,
    webhook: ownWebhook(row) !== null,
  };
}

const healthRows = (tx: AnyTx, row: ConnectionRow) =>
  tx
    .selectFrom('connection_health')
    .selectAll()
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .execute();

/** Of a grant nothing is worth four letters: they change each hour. Of a key those that a person compares with the provider's page. */
function shownOf(manifest: Manifest, facts: readonly SecretFacts[]): ConnectionView['credential'] {
  const secretField =
    manifest.auth.kind === 'key' ? manifest.auth.fields.find(({ kind }) => kind === 'secret')?.name : 'grant';
  const fact = facts.find(({ name }) => name === secretField);
  if (!fact) return null;
  const { fingerprint, rotatedAt, createdAt, ageDays } = fact;
  const isKey = manifest.auth.kind === 'key';
  return {
    last4: isKey ? fact.last4 : null,
    fingerprint,
    rotatedAt: (isKey ? rotatedAt : createdAt).toISOString(),
    ageDays,
    stale: isKey && fact.stale,
  };
}
