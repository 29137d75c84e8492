import { defineModule } from '../../composition/index.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import { createAct } from './act.ts';
import { createOpen, createUse } from './connection-api.ts';
import type { ConnectionsDeps } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import { WORK_CHANNEL } from './disconnect.ts';
import { findEndpoint } from './endpoints.ts';
import { recordHealth, recordSuccess } from './health.ts';
import { createHousekeeping } from './housekeep.ts';
import { findConnectedAccount, providerEventHears } from './provider-events.ts';
import { createReadConnection, createReadRow } from './read.ts';
import { createRefresh } from './refresh.ts';
import { findConnection, manifestOf, markBroken, namesOfLive, vaultRefOf } from './repo.ts';
import { connectionHandlers } from './routes.ts';
import { createSwitches, SWITCHES_CHANNEL } from './switches.ts';
import './tables.ts';
import { createDemandReadable } from './usable.ts';

export { addConnection, type NewConnection } from './add-connection.ts';
export type { ConnectionsDeps } from './deps.ts';
export type { ConnectionOpened, ConnectionRef } from './events.ts';
export { isReadable, listLive, lockLive, recordImport } from './imports.ts';
export { recordReceived } from './provider-events.ts';
export { createRefresh } from './refresh.ts';
export { createSwitches, SWITCHES_CHANNEL, type Switches } from './switches.ts';

/** What agencies have connected: consent and keys, health, switches, and the end with its receipt. */
export const connections = defineModule({
  name: 'connections',
  create({ installation, ...services }) {
    const switches = createSwitches(services.db);
    const deps: ConnectionsDeps = { ...services, ...installation, switches, wait };
    const refresh = createRefresh(deps);
    const use = createUse(deps, refresh);
    const readRow = createReadRow(deps, use);
    return {
      handlers: connectionHandlers({ deps, use, readRow }),
      seed: {
        after: ['clients'],
        run: async (tx, cast) => (await import('./seed.ts')).seedConnections(services, tx, cast),
      },
      provides: {
        liveConnections: namesOfLive,
        mayCall: switches.allowed,
        openConnection: createOpen(deps, use),
        readConnection: createReadConnection(deps, readRow),
        demandReadable: createDemandReadable(deps),
        act: createAct(deps, use),
        findCalledAddress: (tx, address) =>
          findEndpoint(tx, { vault: services.vault, appSecretsFor: installation.appSecretsFor }, address),
        connectedAccount: findConnectedAccount,
      },
      hears: providerEventHears(deps),
      listens: [{ channel: SWITCHES_CHANNEL, in: 'every-process', heard: switches.forget }],
      every: [
        {
          name: 'connections.tend',
          seconds: 15,
          wake: WORK_CHANNEL,
          run: createHousekeeping(deps, refresh).run,
        },
      ],
    };
  },
});

const wait = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

/** Records the outcome of a message sent through a connection: the provider took it, or refused its credential (`dead`). */
export async function recordSent(
  tx: SystemTx,
  sent: { readonly agencyId: string; readonly connectionId: string },
  result: 'taken' | 'dead',
): Promise<void> {
  const at = {
    agencyId: sent.agencyId,
    connectionId: sent.connectionId,
    capability: 'messaging',
    kind: 'send',
  } as const;
  if (result === 'taken') return recordSuccess(tx, sent.connectionId, at.capability, at.kind);
  const row = await findConnection(tx, sent.agencyId, sent.connectionId);
  if (!row) return;
  const dead = { kind: 'reauth', status: 401, code: 'reauth', reason: '' } as const;
  const fault = describeFailure(dead, manifestOf(row));
  await recordHealth(tx, at, fault);
  await markBroken(tx, sent.agencyId, sent.connectionId, fault);
}

/** Stores the credential of a key connection, which an earlier version kept elsewhere. False when there is no such connection. */
export async function storeCredential(
  tx: SystemTx,
  vault: Vault,
  { agencyId, connectionId, credential }: { agencyId: string; connectionId: string; credential: Secret },
): Promise<boolean> {
  const row = await findConnection(tx, agencyId, connectionId);
  const auth = row && manifestOf(row).auth;
  if (!row || auth?.kind !== 'key') return false;
  await vault.put(tx, vaultRefOf(row), auth.credential, credential);
  return true;
}
