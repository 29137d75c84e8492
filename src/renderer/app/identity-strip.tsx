import { Building2, LogOut, Search, Settings, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AccountState, ClientView } from '../../shared/ipc.ts';
import { hueStyle } from '../lib/client-colour.ts';
import { useNow } from '../lib/clock.ts';
import { openingWords } from '../lib/opening.ts';
import { useRow } from '../lib/rows.ts';
import { IconButton } from '../ui/button.tsx';
import { Hinted } from '../ui/hint.tsx';
import { Keys } from '../ui/keys.tsx';
import { Menu, MenuItem, MenuLine, MenuTitle } from '../ui/menu.tsx';
import { Chip, ClientMark } from '../ui/parts.tsx';
import { keysOfOverlay, showOverlay } from './registry.ts';

type SignedIn = Extract<AccountState, { status: 'signed-in' }>;

/** That nobody can send, or that the client is closed now. */
function ClientState({ client }: { readonly client: ClientView }) {
  const now = useNow(30);
  const profile = useRow('client-profiles', client.id, client.id).data;
  if (client.status === 'paused') return <Chip tone="waiting">Paused: nobody can send</Chip>;
  const opening = profile ? openingWords(profile, now) : null;
  return opening && !opening.open ? (
    <span className="min-w-0 shrink-[2] truncate text-waiting" title={opening.says}>
      {opening.says}
    </span>
  ) : null;
}

/** Shows at all times, in colour and in words, which client's data is on screen and as whom a reply is sent (T2). */
export function IdentityStrip({
  client,
  isAgency,
  account,
  children,
}: {
  readonly client: ClientView | null;
  /** A screen of the whole agency is shown, so no client is, and nothing has the colour of one. */
  readonly isAgency: boolean;
  readonly account: SignedIn;
  readonly children?: ReactNode;
}) {
  return (
    <header
      style={client ? hueStyle(client) : undefined}
      className={`relative flex h-12 shrink-0 items-center gap-3 border-b border-line pr-2 pl-3.5 ${client ? 'bg-hue-ground' : 'bg-sunken'}`}
    >
      {client ? <span aria-hidden className="absolute inset-x-0 top-0 h-[3px] bg-hue" /> : null}
      {client ? (
        <>
          <Hinted text="Switch client" keys={keysOfOverlay('switcher')}>
            <button
              type="button"
              aria-label={`${client.name}. Switch client`}
              onClick={() => showOverlay('switcher')}
              className="flex min-w-16 items-center gap-2.5 rounded-md py-1 pr-2 hover:bg-hover"
            >
              <ClientMark client={client} size={26} />
              <bdi className="truncate text-[15px] font-bold">{client.name}</bdi>
            </button>
          </Hinted>
          <span className="min-w-0 truncate text-meta">
            Replying as <bdi>{client.replyAs}</bdi>
          </span>
          <ClientState client={client} />
        </>
      ) : (
        <>
          <span className="flex min-w-16 items-center gap-2.5 py-1">
            <span
              aria-hidden
              className="grid size-[26px] shrink-0 place-items-center rounded-md border border-line-strong bg-panel text-meta"
            >
              <Building2 size={15} />
            </span>
            <bdi className="truncate text-[15px] font-bold">{account.agencyName}</bdi>
          </span>
          {isAgency ? <span className="min-w-0 truncate text-meta">The agency, not a client</span> : null}
        </>
      )}
      {children}
      <span className="flex-1" />
      <button
        type="button"
        onClick={() => showOverlay('palette')}
        className="flex h-8 shrink-0 items-center gap-2 min-[1200px]:w-60 rounded-md border border-line bg-panel px-2.5 text-meta hover:border-line-strong"
      >
        <Search size={14} aria-hidden />{' '}
        <span className="flex-1 text-left max-[1100px]:sr-only">Search or jump to…</span>{' '}
        <Keys>{keysOfOverlay('palette')}</Keys>
      </button>
      <Menu
        align="end"
        trigger={
          <IconButton label={`${account.name}, ${account.role}`}>
            <UserRound size={16} />
          </IconButton>
        }
      >
        <div className="px-2 pt-1.5 pb-2">
          <div className="font-medium">{account.name}</div>
          <div className="text-meta text-meta">{account.email}</div>
        </div>
        <MenuTitle>
          {account.agencyName} · {account.role}
        </MenuTitle>
        <MenuLine />
        <MenuItem onPick={() => showOverlay('settings')} meta={keysOfOverlay('settings')}>
          <span className="inline-flex items-center gap-2">
            <Settings size={14} /> Settings and devices
          </span>
        </MenuItem>
        <MenuItem onPick={() => showOverlay('shortcuts')} meta={keysOfOverlay('shortcuts')}>
          Keyboard map
        </MenuItem>
        <MenuLine />
        <MenuItem onPick={() => showOverlay('sign-out')}>
          <span className="inline-flex items-center gap-2">
            <LogOut size={14} /> Sign out
          </span>
        </MenuItem>
      </Menu>
    </header>
  );
}
