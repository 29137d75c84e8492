import type { ClientView } from '../../shared/ipc.ts';

/** For the switcher: the client that was shown before, then earlier ones, then those that were never opened; the one on screen is last. */
export function byRecency<C extends Pick<ClientView, 'id' | 'lastUsedAt'>>(
  clients: readonly C[],
  currentId: string | null,
): C[] {
  return clients.toSorted(
    (a, b) =>
      Number(a.id === currentId) - Number(b.id === currentId) || (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''),
  );
}
