import type { ClientView } from '../../shared/ipc.ts';
import type { TrayItem, TrayModel } from '../ports.ts';

const MAX_CLIENTS = 9;
const MAX_LABEL = 50;

const cut = (text: string) => {
  const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(part => part.segment);
  return characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 1).join('')}…` : text;
};

/** The tray as data: the first nine clients with their unread counts, the current one checked, and always a way back to the window. */
export function trayModel(
  clients: readonly ClientView[],
  currentId: string | null,
  state: { readonly signedIn: boolean; readonly online: boolean; readonly paused: boolean },
): TrayModel {
  const unread = clients.reduce((sum, client) => sum + client.unread, 0);
  const items: TrayItem[] = clients.slice(0, MAX_CLIENTS).map(client => ({
    kind: 'client',
    clientId: client.id,
    label: `${cut(client.name)}${client.unread > 0 ? ` (${client.unread})` : ''}`,
    checked: client.id === currentId,
  }));
  if (state.signedIn && clients.length > 0)
    items.push(
      {
        kind: 'action',
        action: 'more',
        label: clients.length > MAX_CLIENTS ? `More… (${clients.length - MAX_CLIENTS})` : 'All clients…',
        checked: false,
      },
      { kind: 'separator' },
    );
  items.push({ kind: 'action', action: 'open', label: 'Open Astrix Console', checked: false });
  if (state.signedIn)
    items.push({ kind: 'action', action: 'pause-notifications', label: 'Pause notifications', checked: state.paused });
  items.push({ kind: 'separator' }, { kind: 'action', action: 'quit', label: 'Quit', checked: false });
  const place = !state.signedIn
    ? 'signed out'
    : state.online
      ? unread > 0
        ? `${unread} unread`
        : 'no unread messages'
      : 'offline';
  return { tooltip: `Astrix Console – ${place}`, unread, items };
}
