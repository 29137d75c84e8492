import type { ClientView } from '../../shared/ipc.ts';
import { clientMemory } from '../lib/client-memory.ts';

/** The number of the visit in which a client was opened last, while this window is open; 0 for never. Main hears of a visit a moment later. */
const visitMemory = clientMemory(0);
let visits = 0;

export function rememberVisit(clientId: string): void {
  visits += 1;
  visitMemory.set(clientId, visits);
}

/** For the switcher: the client that was shown before, then earlier ones, then those that were never opened; the one on screen is last. */
export function byRecency<C extends Pick<ClientView, 'id' | 'lastUsedAt'>>(
  clients: readonly C[],
  currentId: string | null,
): C[] {
  return clients.toSorted(
    (a, b) =>
      Number(a.id === currentId) - Number(b.id === currentId) ||
      visitMemory.of(b.id) - visitMemory.of(a.id) ||
      (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''),
  );
}
