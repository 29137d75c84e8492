import { useCallback } from 'react';
import type { Screen } from '../lib/screen.ts';
import { Empty } from '../ui/parts.tsx';
import { useFrame } from './frame-context.ts';

/** The component of a screen's route: the screen, for the client and the row of the address. */
export function ScreenPage({ screen }: { readonly screen: Screen }) {
  const { client, at, screens, go } = useFrame();
  const clientId = client?.id ?? '';
  const open = useCallback(
    (to: string | null, ofClientId = clientId) => go.screen(screen.id, ofClientId, to),
    [go, screen, clientId],
  );
  if (!client) return null;
  if (!screens.includes(screen)) {
    const { icon: Icon, label } = screen;
    return (
      <Empty icon={<Icon size={24} />} title={`${label} is not available to you`}>
        An owner or admin of your agency can change your role.
      </Empty>
    );
  }
  return <screen.Screen key={client.id} client={client} at={at} open={open} />;
}
