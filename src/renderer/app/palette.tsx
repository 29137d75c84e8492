import { CornerDownLeft, Inbox, MessageSquareText, Plug, Send, Settings, UserRound } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import { useSearch } from '../features/inbox/queries.ts';
import { useAppState } from '../lib/app-state.ts';
import { dateTimeOf } from '../lib/format.ts';
import { keysOf, SHORTCUTS, shownKeys } from '../lib/shortcuts.ts';
import { Marked } from '../lib/text.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ClientMark, Keys } from '../ui/parts.tsx';
import type { Place } from './places.tsx';

export type Go = {
  readonly client: (clientId: string) => void;
  readonly conversation: (clientId: string, conversationId: string) => void;
  readonly place: (place: Place) => void;
};
type Choice = {
  readonly id: string;
  readonly group: string;
  readonly icon: ReactNode;
  readonly label: ReactNode;
  readonly meta?: ReactNode;
  readonly pick: () => void;
};

/** How well a text answers what was typed: beginning of the name, of a word, anywhere; null for not at all. */
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

/** Any client, screen, action or message in three keystrokes (T1). The switcher is the same with clients only. */
export function Palette({
  clients,
  go,
  only,
}: {
  readonly clients: readonly ClientView[];
  readonly go: Go;
  readonly only: 'clients' | 'everything';
}) {
  const show = useAppState(state => state.show);
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed);
  const hits = useSearch(null, only === 'everything' && q.trim().length > 1 ? q : '').data;
  const close = () => show(null);

  const choices = useMemo((): Choice[] => {
    const byName = clients
      .flatMap(client => {
        const fit = fits(client.name, q);
        return fit === null ? [] : [{ client, fit }];
      })
      .sort((a, b) => b.fit - a.fit)
      .slice(0, only === 'clients' ? 200 : 8)
      .map(
        ({ client }): Choice => ({
          id: client.id,
          group: 'Clients',
          icon: <ClientMark hue={client.hue} initials={client.initials} size={22} />,
          label: client.name,
          meta: client.unread > 0 ? `${client.unread} unread` : client.closing > 0 ? `${client.closing} closing` : '',
          pick: () => go.client(client.id),
        }),
      );
    if (only === 'clients') return byName;
    const actions: Choice[] = [
      {
        id: 'inbox',
        group: 'Screens',
        icon: <Inbox size={16} />,
        label: 'Inbox',
        meta: <Keys>{keysOf('inbox')}</Keys>,
        pick: () => go.place('inbox'),
      },
      {
        id: 'connections',
        group: 'Screens',
        icon: <Plug size={16} />,
        label: 'Connections',
        meta: <Keys>{keysOf('connections')}</Keys>,
        pick: () => go.place('connections'),
      },
      {
        id: 'settings',
        group: 'Actions',
        icon: <Settings size={16} />,
        label: 'Settings and devices',
        pick: () => show('settings'),
      },
      {
        id: 'outbox',
        group: 'Actions',
        icon: <Send size={16} />,
        label: 'What is waiting to be sent',
        pick: () => show('outbox'),
      },
      { id: 'shortcuts', group: 'Actions', icon: <Keys>?</Keys>, label: 'Keyboard map', pick: () => show('shortcuts') },
      {
        id: 'sign-out',
        group: 'Actions',
        icon: <UserRound size={16} />,
        label: 'Sign out',
        pick: () => show('sign-out'),
      },
    ].filter(action => fits(String(action.label), q) !== null);
    const found = (hits ?? []).slice(0, 12).map((hit): Choice => {
      const client = clients.find(one => one.id === hit.clientId);
      return {
        id: `${hit.conversationId}/${hit.messageId ?? 'name'}`,
        group: 'Messages and people',
        icon: client ? (
          <ClientMark hue={client.hue} initials={client.initials} size={22} />
        ) : (
          <MessageSquareText size={16} />
        ),
        label: (
          <>
            <span className="font-medium">{hit.contactName}</span>{' '}
            <span className="text-meta">{hit.messageId ? <Marked text={hit.snippet} /> : hit.clientName}</span>
          </>
        ),
        meta: dateTimeOf(hit.at),
        pick: () => go.conversation(hit.clientId, hit.conversationId),
      };
    });
    return [...byName, ...actions, ...found];
  }, [clients, hits, q, only, go, show]);

  return (
    <Dialog open onClose={close} title={only === 'clients' ? 'Switch client' : 'Go to anything'} wide plain>
      <Chooser
        choices={choices}
        placeholder={
          only === 'clients' ? `Find one of ${clients.length} clients` : 'Clients, people, messages, actions'
        }
        typed={typed}
        onType={setTyped}
        onPick={choice => {
          close();
          choice.pick();
        }}
      />
    </Dialog>
  );
}

type ChooserProps = {
  readonly choices: readonly Choice[];
  readonly placeholder: string;
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly onPick: (choice: Choice) => void;
};

/** A field that keeps the focus, and a list that the arrows move through. */
function Chooser({ choices, placeholder, typed, onType, onPick }: ChooserProps) {
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text starts from the top
  useEffect(() => setAt(0), [typed]);
  useEffect(() => void list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' }), [at]);

  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, choices.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && choices[at]) onPick(choices[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={field}
        role="combobox"
        aria-expanded
        aria-controls="choices"
        aria-activedescendant={choices[at] ? `choice-${at}` : undefined}
        aria-label={placeholder}
        placeholder={placeholder}
        maxLength={200}
        value={typed}
        onChange={event => onType(event.target.value)}
        onKeyDown={press}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-5 text-[15px] outline-none"
      />
      <div ref={list} id="choices" role="listbox" aria-label="Choices" className="scroll min-h-0 p-2">
        {choices.map((choice, index) => (
          <div key={choice.id}>
            {choice.group === choices[index - 1]?.group ? null : (
              <div role="presentation" className="px-3 pt-2 pb-1 text-meta text-meta">
                {choice.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the focus and the keys, as a combobox does */}
            <div
              id={`choice-${index}`}
              data-at={index}
              role="option"
              aria-selected={index === at}
              onClick={() => onPick(choice)}
              onMouseMove={() => setAt(index)}
              className="flex h-9 items-center gap-2.5 rounded-md px-3 aria-selected:bg-picked"
            >
              <span className="grid w-6 shrink-0 place-items-center text-meta">{choice.icon}</span>
              <span className="min-w-0 flex-1 truncate">{choice.label}</span>
              <span className="shrink-0 text-meta text-meta">{choice.meta}</span>
              {index === at ? <CornerDownLeft size={13} className="text-meta" aria-hidden /> : null}
            </div>
          </div>
        ))}
        {choices.length === 0 ? <p className="px-3 py-6 text-center text-meta">Nothing fits “{typed}”.</p> : null}
      </div>
    </>
  );
}

export function ShortcutMap() {
  const show = useAppState(state => state.show);
  const groups = Map.groupBy(SHORTCUTS, shortcut => shortcut.group);
  return (
    <Dialog open onClose={() => show(null)} title="Keyboard map">
      <div className="scroll grid gap-5 p-5">
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className="mb-1.5 text-meta text-meta">{group}</h3>
            <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5">
              {shortcuts.map(({ action, says, keys }) => (
                <div key={action} className="contents">
                  <dt>{says}</dt>
                  <dd className="text-right">
                    <Keys>{shownKeys(keys)}</Keys>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
