import type { NotificationPreferenceRow } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type TenantTx, txNow } from '../../platform/db/index.ts';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    notification_preferences: {
      agency_id: string;
      client_id: string;
      person_id: string;
      id: string;
      muted: boolean;
      quiet_from: number | null;
      quiet_to: number | null;
    };
  }
}

async function readPreferences(tx: TenantTx, ids: readonly string[]): Promise<NotificationPreferenceRow[]> {
  const rows = await tx.selectFrom('notification_preferences').selectAll().where('id', 'in', ids).execute();
  return rows.map(row => ({
    id: row.id,
    clientId: row.client_id,
    muted: row.muted,
    quietFrom: row.quiet_from,
    quietTo: row.quiet_to,
  }));
}

/** What each person wants to be told about; the console decides with it, the server only keeps it. */
export const notifications = defineModule({
  name: 'notifications',
  create: () => ({
    readers: { notificationPreferences: readPreferences },
    handlers: {
      async 'notifications.set-preference'({ tx, actor, params, body }) {
        if ((body.quietFrom === null) !== (body.quietTo === null))
          fail('invalid_request', { detail: 'Quiet hours need both a beginning and an end.' });
        const values = { muted: body.muted, quiet_from: body.quietFrom, quiet_to: body.quietTo };
        await tx
          .insertInto('notification_preferences')
          .values({
            agency_id: actor.agencyId,
            client_id: params.clientId,
            person_id: actor.personId,
            id: newId(txNow(tx)),
            ...values,
          })
          .onConflict(conflict => conflict.columns(['agency_id', 'client_id', 'person_id']).doUpdateSet(values))
          .execute();
        return null;
      },
    },
  }),
});
