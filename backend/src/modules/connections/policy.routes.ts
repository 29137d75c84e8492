import { type TenantTx, txActor } from '../../platform/db/index.ts';
import type { HandlersFor } from '../../platform/http/index.ts';
import { listDenials, setDenials } from './access.ts';
import { endConnection } from './disconnect.ts';
import { LIVE } from './repo.ts';
import { listSwitches, setSwitch } from './switches.ts';

/** What an agency allows: switches that stop, and who may use which provider. */
export function policyHandlers(): HandlersFor<
  'connections.switches' | 'connections.set-switch' | 'connections.provider-access' | 'connections.set-provider-access'
> {
  return {
    'connections.switches': async ({ tx }) => ({ switches: await listSwitches(tx) }),

    async 'connections.set-switch'({ tx, body, audit }) {
      await setSwitch(tx, body);
      const ended = body.off && body.revoke ? await endAll(tx, body) : 0;
      await audit({
        subjectType: body.scope,
        subjectId: body.subject,
        clientId: body.scope === 'client' ? body.subject : null,
        detail: { off: body.off, revoked: ended },
      });
      return { switches: await listSwitches(tx), disconnected: ended };
    },

    'connections.provider-access': async ({ tx }) => ({ denied: await listDenials(tx) }),

    async 'connections.set-provider-access'({ tx, params, body, audit }) {
      await setDenials(tx, params.personId, body.denied);
      await audit({ subjectType: 'person', subjectId: params.personId, detail: { denied: body.denied.join(',') } });
      return null;
    },
  };
}

/** Ends every connection that a switch concerns. */
async function endAll(
  tx: TenantTx,
  { scope, subject }: { readonly scope: string; readonly subject: string },
): Promise<number> {
  const column = scope === 'provider' ? 'provider' : scope === 'client' ? 'client_id' : 'id';
  const rows = await tx
    .selectFrom('connections')
    .selectAll()
    .where(column, '=', subject)
    .where('status', 'in', LIVE)
    .execute();
  for (const row of rows) await endConnection(tx, row, txActor(tx).personId);
  return rows.length;
}
