import { useDeferredValue, useState } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import { dateTimeOf } from '../lib/format.ts';
import { defineOverlay, type OverlayProps } from '../lib/overlay.ts';
import { shownKeys } from '../lib/shortcuts.ts';
import { Marked } from '../lib/text.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Keys } from '../ui/keys.tsx';
import { ClientMark } from '../ui/parts.tsx';
import { type Choice, Chooser } from './chooser.tsx';
import { goTo } from './fold.ts';
import { type FrameState, useFrame } from './frame-context.ts';
import { type ScreenHits, usePaletteSearch } from './palette-search.ts';
import { byRecency } from './recent.ts';

const MAX_IN_PALETTE = 8;
const MAX_IN_SWITCHER = 200;
const MAX_HITS = 12;

/** How well a text matches: 3 at its beginning, 2 at the beginning of a word or by initials, 1 anywhere else; null when it does not. */
export function fits(text: string, typed: string): number | null {
  const hay = text.toLowerCase();
  const needle = typed.trim().toLowerCase();
  if (needle === '') return 0;
  if (hay.startsWith(needle)) return 3;
  if (hay.split(/[\s&·-]+/).some(word => word.startsWith(needle))) return 2;
  const initials = hay
    .split(/[\s&·-]+/)
    .map(word => word[0] ?? '')
    .join('');
  if (initials.startsWith(needle)) return 2;
  return hay.includes(needle) ? 1 : null;
}

const markOf = (client: ClientView) => <ClientMark client={client} size={22} />;

function clientChoices({ clients, client: current, go }: FrameState, q: string, max: number): Choice[] {
  return byRecency(clients, current?.id ?? null)
    .flatMap(client => {
      const fit = fits(client.name, q);
      return fit === null ? [] : [{ client, fit }];
    })
    .sort((a, b) => b.fit - a.fit)
    .slice(0, max)
    .map(({ client }) => ({
      id: client.id,
      group: 'Clients',
      icon: markOf(client),
      label: <bdi>{client.name}</bdi>,
      meta: client.unread > 0 ? `${client.unread} unread` : client.closing > 0 ? `${client.closing} ending soon` : '',
      pick: () => go.client(client.id),
    }));
}

function placeChoices(
  { screens, agencyScreens, agencyName, overlays, client, go, show }: FrameState,
  q: string,
): Choice[] {
  const toScreens = client
    ? screens.map(({ id, label, icon: Icon, ...screen }) => ({
        id: `screen ${id}`,
        group: 'Screens',
        icon: <Icon size={16} />,
        label,
        meta: <Keys>{shownKeys(goTo(screen))}</Keys>,
        pick: () => go.screen(id, client.id, null),
      }))
    : [];
  const toAgency = agencyScreens.map(({ id, label, icon: Icon, ...screen }) => ({
    id: `screen ${id}`,
    group: agencyName,
    icon: <Icon size={16} />,
    label,
    meta: <Keys>{shownKeys(goTo(screen))}</Keys>,
    pick: () => go.agency(id, null),
  }));
  const toOverlays = overlays.flatMap(({ id, palette }) =>
    palette ? [{ id: `overlay ${id}`, group: 'Actions', ...palette, pick: () => show(id) }] : [],
  );
  return [...toScreens, ...toAgency, ...toOverlays].filter(choice => fits(choice.label, q) !== null);
}

function hitChoices({ clients, go }: FrameState, found: readonly ScreenHits[]): Choice[] {
  return found.flatMap(({ screen, hits }) =>
    hits.slice(0, MAX_HITS).map(hit => {
      const client = clients.find(one => one.id === hit.clientId);
      return {
        id: `${screen.id} ${hit.id}`,
        group: screen.find?.group ?? screen.label,
        icon: client ? markOf(client) : <screen.icon size={16} />,
        label: (
          <>
            <span className="font-medium">
              <bdi>
                <Marked text={hit.title} />
              </bdi>
            </span>{' '}
            <span className="text-meta">
              <bdi>
                <Marked text={hit.detail} />
              </bdi>
            </span>
          </>
        ),
        meta: hit.time === null ? '' : dateTimeOf(hit.time),
        pick: () => go.screen(screen.id, hit.clientId, hit.at),
      };
    }),
  );
}

/** Opens any client, screen, action or record with a few keystrokes (T1). */
function Palette({ onClose }: OverlayProps) {
  const frame = useFrame();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed);
  const found = usePaletteSearch(frame.screens, q);
  const choices = [...clientChoices(frame, q, MAX_IN_PALETTE), ...placeChoices(frame, q), ...hitChoices(frame, found)];
  return (
    <Dialog open onClose={onClose} title="Search or jump to…" wide plain>
      <Chooser
        choices={choices}
        placeholder="Clients, people, messages, actions"
        typed={typed}
        onType={setTyped}
        onPick={choice => {
          onClose();
          choice.pick();
        }}
      />
    </Dialog>
  );
}

function Switcher({ clients, onClose }: OverlayProps) {
  const frame = useFrame();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed);
  const choices = clientChoices(frame, q, MAX_IN_SWITCHER);
  return (
    <Dialog open onClose={onClose} title="Switch client" wide plain>
      <Chooser
        choices={choices}
        placeholder={`Find one of ${clients.length} clients`}
        typed={typed}
        onType={setTyped}
        onPick={choice => {
          onClose();
          choice.pick();
        }}
      />
    </Dialog>
  );
}

export const palette = defineOverlay({
  id: 'palette',
  order: 10,
  shortcut: { keys: 'mod+k', says: 'Search or jump to…' },
  palette: null,
  Overlay: Palette,
});

export const switcher = defineOverlay({
  id: 'switcher',
  order: 20,
  shortcut: { keys: 'mod+j', says: 'Switch client' },
  palette: null,
  Overlay: Switcher,
});
