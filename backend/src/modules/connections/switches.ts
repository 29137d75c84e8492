import type { SwitchView } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { type Db, type TenantTx, txActor, txNow, withSystem } from '../../platform/db/index.ts';
import type { Connection } from '../../platform/egress/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { clientExists } from '../clients/index.ts';
import type {} from './tables.ts';

export const SWITCHES_CHANNEL = 'astrix_switches';
/** With a notice in between it is at once; without, this is the longest that a process may not know. Half of what is promised (VT-13). */
const MAX_AGE_MS = 2500;

const keyOf = (agencyId: string, scope: string, subject: string) => `${agencyId}/${scope}/${subject}`;

export type Switches = {
  /** Asked before each call to a provider. Throws when it cannot be known: then nothing leaves either. */
  readonly allowed: (connection: Connection, provider: string) => Promise<boolean>;
  /** A switch moved somewhere: the next call reads them again. */
  readonly forget: () => void;
};

/** What is off, known to this process: read anew when somebody moves a switch, and at the latest after 2.5 seconds. */
export function createSwitches(db: Db): Switches {
  let off: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  function read(): Promise<void> {
    reading ??= (async () => {
      const began = performance.now();
      const rows = await withSystem(db, 'switches', tx =>
        tx.selectFrom('switches').select(['agency_id', 'scope', 'subject']).execute(),
      );
      off = new Set(rows.map(row => keyOf(row.agency_id, row.scope, row.subject)));
      readAt = began;
    })().finally(() => {
      reading = null;
    });
    return reading;
  }
  const known = async () => {
    if (performance.now() - readAt > MAX_AGE_MS) await read();
  };

  return {
    async allowed({ agencyId, clientId, connectionId }, provider) {
      await known();
      return !(
        off.has(keyOf(agencyId, 'provider', provider)) ||
        off.has(keyOf(agencyId, 'connection', connectionId)) ||
        (clientId !== null && off.has(keyOf(agencyId, 'client', clientId)))
      );
    },
    forget() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}

export async function listSwitches(tx: TenantTx): Promise<SwitchView[]> {
  const rows = await tx
    .selectFrom('switches')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('scope')
    .orderBy('subject')
    .execute();
  return rows.map(row => ({
    scope: row.scope as SwitchView['scope'],
    subject: row.subject,
    reason: row.reason,
    by: row.by,
    at: row.at.toISOString(),
  }));
}

type Change = {
  readonly scope: SwitchView['scope'];
  readonly subject: string;
  readonly off: boolean;
  readonly reason: string;
};

export async function setSwitch(tx: TenantTx, { scope, subject, off, reason }: Change): Promise<void> {
  const { agencyId, personId } = txActor(tx);
  if (!off) {
    await tx
      .deleteFrom('switches')
      .where('agency_id', '=', agencyId)
      .where('scope', '=', scope)
      .where('subject', '=', subject)
      .execute();
    return;
  }
  if (reason === '')
    fail('invalid_request', { fields: [{ path: 'reason', message: 'says why, for whoever meets the switch' }] });
  await demandSubject(tx, scope, subject);
  await tx
    .insertInto('switches')
    .values({ agency_id: agencyId, scope, subject, reason, by: personId, at: txNow(tx) })
    .onConflict(conflict => conflict.columns(['agency_id', 'scope', 'subject']).doUpdateSet({ reason, by: personId }))
    .execute();
}

/** A switch for something that is not there would look as if it stopped something. */
async function demandSubject(tx: TenantTx, scope: SwitchView['scope'], subject: string): Promise<void> {
  if (scope === 'provider') {
    if (!Object.hasOwn(PROVIDERS, subject)) fail('not_found');
    return;
  }
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(subject)) fail('not_found');
  const exists = scope === 'client' ? clientExists : connectionExists;
  if (!(await exists(tx, subject))) fail('not_found');
}

async function connectionExists(tx: TenantTx, id: string): Promise<boolean> {
  const found = await tx.selectFrom('connections').select('id').where('id', '=', id).executeTakeFirst();
  return found !== undefined;
}
