import { type Capability, Preview } from '@astrix/contract';
import type { DemandReadable, Services } from '../../composition/index.ts';
import type { Actor } from '../../platform/db/index.ts';
import { newestOf } from './newest.ts';
import { findPreview, type KeptPreview } from './repo.ts';

type PreviewRequest = {
  readonly clientId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  readonly text: string | null;
  /** A person asks for it now, whatever is kept. */
  readonly refresh: boolean;
};

type Page = Pick<KeptPreview, 'rows' | 'complete' | 'gaps'>;
const EMPTY: Page = { rows: [], complete: true, gaps: [] };

const pageOf = ({ rows, complete, gaps }: Page) => ({
  rows,
  total: complete ? rows.length : rows.length + 1,
  ...(gaps.length > 0 ? { gaps } : {}),
});

/**
 * Answers what is kept while it is fresh, else what the provider answers now. When the provider cannot be asked, what is kept is answered and
 * marked as stale.
 */
export function createPreviews({ clock, ports }: Pick<Services, 'clock' | 'ports'>) {
  const underWay = new Map<string, Promise<Preview>>();

  async function ask(
    { agencyId, provider }: Awaited<ReturnType<DemandReadable>>,
    { clientId, connectionId, capability, text, refresh }: PreviewRequest,
    actorId: string,
    kept: KeptPreview | null,
  ): Promise<Preview> {
    const of = { agencyId, connectionId, capability, clientId, actorId };
    const read = await ports.readConnection({ ...of, text, now: refresh });
    if (read.kind === 'ok')
      return Preview.parse({
        capability,
        ...pageOf(newestOf(capability, provider, read.found, text)),
        fetchedAt: clock.now().toISOString(),
        stale: false,
        fault: null,
      });
    return Preview.parse({
      capability,
      ...pageOf(kept ?? EMPTY),
      fetchedAt: kept?.fetchedAt.toISOString() ?? null,
      stale: true,
      fault: read.fault,
    });
  }

  return async (
    within: Parameters<DemandReadable>[0]['within'],
    request: PreviewRequest,
    actor: Actor,
  ): Promise<Preview> => {
    const { clientId, connectionId, capability, text, refresh } = request;
    const connection = await ports.demandReadable({ within, clientId, connectionId, capability, text });
    const of = { agencyId: connection.agencyId, connectionId };
    const kept = text === null ? await within(tx => findPreview(tx, of, capability)) : null;
    if (kept?.fresh && !refresh)
      return Preview.parse({
        capability,
        ...pageOf(kept),
        fetchedAt: kept.fetchedAt.toISOString(),
        stale: false,
        fault: null,
      });
    // Several people on the same page ask the provider once.
    const key = `${connectionId}/${capability}/${clientId}/${text ?? ''}`;
    const running =
      underWay.get(key) ?? ask(connection, request, actor.personId, kept).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  };
}
