import { withSystem } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { apiOver, type Held, type Holder, type OpenConnection, type Opened } from '../../providers/api.ts';
import type { Api, Connector } from '../../providers/provider.ts';
import { appOf, type ConnectionsDeps } from './deps.ts';
import { readKey } from './grants.ts';
import type { Refresh } from './refresh.ts';
import {
  accountOf,
  type ConnectionRow,
  findConnection,
  isLive,
  manifestOf,
  providerOf,
  settingsOf,
  vaultRefOf,
} from './repo.ts';

/** On whose behalf: the client it is done for (also through a connection of the agency), and who asked. */
export type User = { readonly clientId: string | null; readonly actorId: string | null };

type InUse = {
  readonly api: Api;
  readonly connector: Connector;
  /** The same with a credential that was looked up beforehand. Throws when the vault cannot be reached. */
  readonly open: () => Promise<Opened>;
};

export type Use = (row: ConnectionRow, capability: string, user: User, now?: boolean) => InUse;

/** A connection as its adapter sees it. The credential is looked up for each call, so that one that ends in between is not used. */
export function createUse(deps: ConnectionsDeps, refresh: Refresh): Use {
  async function keyOf(row: ConnectionRow): Promise<Held | Failed> {
    return withSystem(deps.db, 'connections', async tx => {
      const fresh = await findConnection(tx, row.agency_id, row.id);
      if (!fresh || !isLive(fresh)) return { kind: 'refused', reason: 'disconnected' };
      const credential = await readKey(deps.vault, tx, vaultRefOf(fresh), manifestOf(fresh));
      return credential
        ? { kind: 'ok', credential, version: 0 }
        : { kind: 'reauth', status: 0, code: 'no-key', reason: 'there is no key' };
    });
  }

  return (row, capability, { clientId, actorId }, now = false) => {
    const { manifest, connector } = providerOf(row.provider);
    if (connector === null) throw new Error(`${row.provider} is connected and has no connector`);
    const settings = settingsOf(row);
    const connection = { agencyId: row.agency_id, clientId, connectionId: row.id, actorId };
    const apiWith = (credential: Holder['credential']) =>
      apiOver(
        { egress: deps.egress, clock: deps.clock, manifest, connector, connection, app: appOf(deps, manifest) },
        { capability, credential, account: accountOf(row), settings: settings.form, extras: settings.extras },
      );
    const find: Holder['credential'] = notVersion =>
      manifest.auth.kind === 'key' ? keyOf(row) : refresh.hold(row.agency_id, row.id, { notVersion, now });
    return {
      api: apiWith(find),
      connector,
      async open() {
        const held = await find(null);
        if (held.kind !== 'ok') return held;
        return { kind: 'ok', api: apiWith(async notVersion => (notVersion === null ? held : find(notVersion))) };
      },
    };
  };
}

/** Opens connections for other modules: the port `openConnection`. */
export const createOpen =
  (deps: Pick<ConnectionsDeps, 'db'>, use: Use): OpenConnection =>
  async ({ agencyId, connectionId, capability, ...user }) => {
    const row = await withSystem(deps.db, 'connections', tx => findConnection(tx, agencyId, connectionId));
    if (!row || !isLive(row)) return { kind: 'refused', reason: 'disconnected' };
    return use(row, capability, user).open();
  };
