import { useCallback } from 'react';
import type { AgencyScreen, ClientScreen, Screen } from '../lib/screen.ts';
import { Empty } from '../ui/parts.tsx';
import { useFrame } from './frame-context.ts';

const NotOffered = ({ screen: { icon: Icon, label } }: { readonly screen: Screen }) => (
  <Empty icon={<Icon size={24} />} title={`${label} is not available to you`}>
    An owner or admin of your agency can change your role.
  </Empty>
);

/** Names the screen for screen readers. For the eye its place and the strip say the same. */
const Heading = ({ children }: { readonly children: string }) => <h1 className="sr-only">{children}</h1>;

/** The component of a screen's route: the screen, for what the address says. */
export const ScreenPage = ({ screen }: { readonly screen: Screen }) =>
  screen.scope === 'client' ? <OfClient screen={screen} /> : <OfAgency screen={screen} />;

function OfAgency({ screen }: { readonly screen: AgencyScreen }) {
  const { at, agencyScreens, go } = useFrame();
  const open = useCallback((to: string | null) => go.agency(screen.id, to), [go, screen]);
  if (!agencyScreens.includes(screen)) return <NotOffered screen={screen} />;
  return (
    <>
      <Heading>{screen.label}</Heading>
      <screen.Screen at={at} open={open} />
    </>
  );
}

function OfClient({ screen }: { readonly screen: ClientScreen }) {
  const { client, at, screens, go } = useFrame();
  const clientId = client?.id ?? '';
  const open = useCallback(
    (to: string | null, ofClientId = clientId) => go.screen(screen.id, ofClientId, to),
    [go, screen, clientId],
  );
  if (!client) return null;
  if (!screens.includes(screen)) return <NotOffered screen={screen} />;
  return (
    <>
      <Heading>{`${screen.label} of ${client.name}`}</Heading>
      <screen.Screen key={client.id} client={client} at={at} open={open} />
    </>
  );
}
