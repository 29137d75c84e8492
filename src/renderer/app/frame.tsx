import { Outlet } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import type { AccountState } from '../../shared/ipc.ts';
import { useAppState } from '../lib/app-state.ts';
import { ask, bridge } from '../lib/bridge.ts';
import { useMedia } from '../lib/media.ts';
import { forgetOtherClients, useClients } from '../lib/queries.ts';
import type { Screen } from '../lib/screen.ts';
import { WaysContext } from '../lib/ways.ts';
import { Failed } from '../ui/parts.tsx';
import { complain } from '../ui/toast.tsx';
import { rememberOpen, useAddress, useGo } from './address.ts';
import { AgencyEntry } from './agency-entry.tsx';
import { FrameContext, type FrameState } from './frame-context.ts';
import { IdentityStrip } from './identity-strip.tsx';
import { NoClient } from './no-client.tsx';
import { Places } from './places.tsx';
import { Rail } from './rail.tsx';
import { rememberVisit } from './recent.ts';
import { REGISTRY } from './registry.ts';
import { StatusBar } from './status-bar.tsx';
import { StepUp } from './step-up.tsx';
import { useKeyboard } from './use-keyboard.ts';

const offeredOf = <S extends Screen>(screens: readonly S[], permissions: readonly string[]): S[] =>
  screens.filter(({ permission }) => permission === null || permissions.includes(permission));

/** Rail, identity strip, the screen of the address, status bar, and the overlay that is open. */
export function Frame({ account }: { readonly account: Extract<AccountState, { status: 'signed-in' }> }) {
  const { open, show, sync, info } = useAppState();
  const address = useAddress();
  const { screen, clientId, at } = address;
  const go = useGo(address);
  const clients = useClients();
  const list = useMemo(() => clients.data ?? [], [clients.data]);
  const client = list.find(one => one.id === clientId) ?? null;
  const roomy = useMedia('(min-width: 1024px)');
  const { agencyName, permissions } = account;
  const screens = useMemo(() => offeredOf(REGISTRY.screens, permissions), [permissions]);
  const agencyScreens = useMemo(() => offeredOf(REGISTRY.agencyScreens, permissions), [permissions]);
  const frame = useMemo(
    (): FrameState => ({
      ...{ clients: list, agencyName, client, screen, at, screens, agencyScreens, go, show },
      overlays: REGISTRY.overlays,
      shortcuts: REGISTRY.keyboardMap([...screens, ...agencyScreens]),
    }),
    [list, agencyName, client, screen, at, screens, agencyScreens, go, show],
  );
  const ofAgency = screen?.scope === 'agency' ? screen : null;
  useKeyboard(frame);

  // The address decides, and main follows it: the tray checks the client that is shown here.
  const knownId = client?.id ?? null;
  useEffect(() => {
    if (knownId === null) return;
    rememberVisit(knownId);
    void ask(bridge.clients.switch({ clientId: knownId })).catch(complain);
    forgetOtherClients(knownId);
  }, [knownId]);
  useEffect(() => {
    if (knownId !== null) rememberOpen({ screen, clientId: knownId, at });
  }, [screen, knownId, at]);
  const title = client?.name ?? (ofAgency ? `${ofAgency.label} of ${agencyName}` : null);
  useEffect(() => {
    void bridge.app.setTitle({ title: title === null ? 'Astrix Console' : `${title} – Astrix Console` });
  }, [title]);
  // Nothing of the client before stays behind a screen that says it shows the agency.
  useEffect(() => {
    if (ofAgency) forgetOtherClients(null);
  }, [ofAgency]);
  const first = list[0]?.id ?? null;
  useEffect(() => {
    if (!client && !ofAgency && first && clients.isSuccess) go.screen(REGISTRY.home.id, first, null);
  }, [client, ofAgency, first, clients.isSuccess, go]);
  useEffect(() => {
    const follow = async () => {
      const target = await ask(bridge.app.takeDestination());
      if (target?.to === 'client') go.screen(REGISTRY.home.id, target.clientId, null);
      else if (target?.to === 'screen') go.screen(target.screen, target.clientId, target.at);
      else if (target) show(target.to);
    };
    // What was asked for before this window could listen is taken here.
    void follow().catch(complain);
    return bridge.on.navigate(() => void follow().catch(complain));
  }, [go, show]);

  const overlay = REGISTRY.overlays.find(one => one.id === open);
  return (
    <FrameContext value={frame}>
      <WaysContext value={go}>
        <div className="flex h-full flex-col">
          <div className="flex min-h-0 flex-1">
            <Rail clients={list} currentId={clientId} onPick={go.client} agency={<AgencyEntry />} />
            <div className="flex min-w-0 flex-1 flex-col">
              <IdentityStrip client={client} isAgency={ofAgency !== null} account={account}>
                {roomy ? null : <Places form="bar" />}
              </IdentityStrip>
              <div className="flex min-h-0 flex-1">
                {roomy ? <Places form="column" /> : null}
                <main className="min-h-0 min-w-0 flex-1">
                  {client || ofAgency ? <Outlet /> : null}
                  {!client && !ofAgency && clients.isError ? (
                    <Failed error={clients.error} onRetry={() => void clients.refetch()} />
                  ) : null}
                  {!client && !ofAgency && !clients.isError ? <NoClient none={list.length === 0} sync={sync} /> : null}
                </main>
              </div>
            </div>
          </div>
          {sync ? <StatusBar sync={sync} info={info} account={account} /> : null}
          <StepUp />
          {overlay ? (
            <overlay.Overlay key={overlay.id} client={client} clients={list} go={go} onClose={() => show(null)} />
          ) : null}
        </div>
      </WaysContext>
    </FrameContext>
  );
}
