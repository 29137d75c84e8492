import type { ConnectionView } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { notify } from '../../platform/db/index.ts';
import type { HandlersFor } from '../../platform/http/index.ts';
import {
  cancelAttempt,
  claimAttempt,
  confirmAttempt,
  demandConfirmable,
  demandConnectable,
  demandSame,
  startAttempt,
} from './attempts.ts';
import { takeCallback } from './callback.ts';
import type { ConnectionsDeps } from './deps.ts';
import { WORK_CHANNEL } from './disconnect.ts';
import { emitOpened } from './events.ts';
import { forgetFaults } from './health.ts';
import { readForm, storeKey, tryKey } from './key.ts';
import type { ConnectionRow } from './repo.ts';

/** How a connection begins: consent in the browser and its confirmation, or a form with a key. */
export function connectHandlers(
  deps: ConnectionsDeps,
  show: (row: ConnectionRow, clientId: string) => Promise<ConnectionView>,
): HandlersFor<
  | 'connections.start'
  | 'connections.oauth-callback'
  | 'connections.claim'
  | 'connections.confirm'
  | 'connections.cancel'
  | 'connections.connect-key'
> {
  return {
    async 'connections.start'({ tx, params, body, audit }) {
      const started = await startAttempt(tx, deps, { ...body, clientId: params.clientId });
      await audit({
        subjectType: 'connect-attempt',
        subjectId: started.attemptId,
        detail: { provider: body.provider, shared: body.shared },
      });
      return started;
    },

    'connections.oauth-callback': async ({ params, query }) => ({
      location: await takeCallback(deps, params.provider, query),
    }),

    async 'connections.claim'({ tx, params, body, audit }) {
      const view = await claimAttempt(tx, { ...params, ...body });
      await audit({ subjectType: 'connect-attempt', subjectId: params.attemptId });
      return view;
    },

    async 'connections.confirm'({ within, across, params, body }) {
      const checked = await within(tx => demandConfirmable(tx, { ...params, ...body }));
      const row = await across('connections', async (tx, audit) => {
        const confirmed = await confirmAttempt(tx, checked);
        await forgetFaults(tx, confirmed.agency_id, confirmed.id);
        await audit({
          subjectType: 'connection',
          subjectId: confirmed.id,
          detail: { provider: confirmed.provider, account: confirmed.account_id },
        });
        await emitOpened(deps.emit, tx, confirmed);
        return confirmed;
      });
      return show(row, params.clientId);
    },

    async 'connections.cancel'({ tx, params, audit }) {
      await cancelAttempt(tx, params.clientId, params.attemptId);
      await notify(tx, WORK_CHANNEL, '');
      await audit({ subjectType: 'connect-attempt', subjectId: params.attemptId });
      return null;
    },

    async 'connections.connect-key'({ within, across, actor, params, body }) {
      const given = { ...body, clientId: params.clientId };
      const { provider, before } = await within(async tx => ({
        provider: await demandConnectable(tx, given),
        before: await demandSame(tx, params.clientId, body.connectionId, body),
      }));
      const { auth } = provider.manifest;
      if (auth.kind !== 'key')
        fail('provider_unavailable', {
          detail: `${provider.manifest.name} is connected by signing in there, not by a form.`,
        });
      const form = readForm(auth.fields, body.fields);
      const id = before?.id ?? newId(deps.clock.now());
      const who = { agencyId: actor.agencyId, personId: actor.personId };
      const account = await tryKey(deps, provider, form, { ...who, clientId: params.clientId, connectionId: id });
      const row = await across('connections', async (tx, audit) => {
        const clientId = body.shared ? null : params.clientId;
        const owner = { ...who, clientId, id, provider, before };
        const stored = await storeKey(tx, deps, owner, form, account);
        await forgetFaults(tx, stored.agency_id, stored.id);
        await audit({
          subjectType: 'connection',
          subjectId: stored.id,
          detail: { provider: body.provider, account: account.id, rotated: before !== null },
        });
        return stored;
      });
      return show(row, params.clientId);
    },
  };
}
