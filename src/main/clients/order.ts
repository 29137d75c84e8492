import type { ClientView } from '../../shared/ipc.ts';

/**
 * The order of the rail, the tray and Ctrl+1 … 9: the clients that the person has placed, then the others from the oldest to the newest. A
 * new client comes last, and use moves none, so that a person finds a client where it was.
 */
export function inOrder<C extends Pick<ClientView, 'id' | 'createdAt'>>(
  clients: readonly C[],
  placed: readonly string[],
): C[] {
  const place = new Map(placed.map((id, at) => [id, at]));
  const placeOf = ({ id }: C) => place.get(id) ?? placed.length;
  return clients.toSorted(
    (a, b) => placeOf(a) - placeOf(b) || a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id),
  );
}
