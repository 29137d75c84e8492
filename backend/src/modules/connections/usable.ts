import type { DemandReadable } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import { readOf } from '../../providers/provider.ts';
import { demandProvider } from './access.ts';
import type { ConnectionsDeps } from './deps.ts';
import { type ConnectionRow, demandConnection, isLive, manifestOf } from './repo.ts';
import { isGated } from './view.ts';

export type Reached = {
  readonly within: <T>(work: (tx: TenantTx) => Promise<T>) => Promise<T>;
  readonly params: { readonly clientId: string; readonly connectionId: string };
};

/** One of this client or of the agency, of a provider that the person may use (A10). */
export const demandAllowed = ({ within, params }: Reached): Promise<ConnectionRow> =>
  within(async tx => {
    const found = await demandConnection(tx, params.clientId, params.connectionId);
    await demandProvider(tx, found.provider);
    return found;
  });

/** Whether somebody switched the connection off for this client. */
export async function isOff(
  { switches }: Pick<ConnectionsDeps, 'switches'>,
  row: ConnectionRow,
  clientId: string,
): Promise<boolean> {
  const connection = { agencyId: row.agency_id, clientId, connectionId: row.id, actorId: null };
  return !(await switches.allowed(connection, row.provider));
}

/** A connection that the person may use for this client, and that is switched on. */
export async function demandUsable(deps: Pick<ConnectionsDeps, 'switches'>, at: Reached): Promise<ConnectionRow> {
  const row = await demandAllowed(at);
  if (!isLive(row)) fail('connection_unusable');
  if (await isOff(deps, row, at.params.clientId)) fail('switched_off');
  return row;
}

/** The port `demandReadable`. */
export const createDemandReadable =
  (deps: Pick<ConnectionsDeps, 'switches'>): DemandReadable =>
  async ({ within, clientId, connectionId, capability, text }) => {
    const row = await demandUsable(deps, { within, params: { clientId, connectionId } });
    const manifest = manifestOf(row);
    const known = readOf(manifest, capability) ?? fail('not_found');
    if (known.input?.required && text === null)
      fail('invalid_request', { fields: [{ path: 'query.text', message: `needs ${known.input.label}` }] });
    if (isGated(manifest, capability, row.granted as string[] | null))
      fail('connection_unusable', {
        detail: 'It was connected without the permission that this takes. Reconnect it and leave the box ticked.',
      });
    return { agencyId: row.agency_id, provider: manifest.name };
  };
