import { createContext, useContext } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import type { Overlay } from '../lib/overlay.ts';
import type { AgencyScreen, ClientScreen, Go, Screen } from '../lib/screen.ts';
import type { Shortcut } from '../lib/shortcuts.ts';

/** What the parts of the frame share. */
export type FrameState = {
  readonly clients: readonly ClientView[];
  readonly agencyName: string;
  /** The client of the address; null until the first pull has brought it, and on a screen of the agency. */
  readonly client: ClientView | null;
  /** The screen of the address. */
  readonly screen: Screen | null;
  readonly at: string | null;
  /** The screens of a client that this person may see. */
  readonly screens: readonly ClientScreen[];
  /** The screens of the agency that this person may see. */
  readonly agencyScreens: readonly AgencyScreen[];
  readonly overlays: readonly Overlay[];
  readonly shortcuts: readonly Shortcut[];
  readonly go: Go;
  readonly show: (overlayId: string | null) => void;
};

export const FrameContext = createContext<FrameState | null>(null);

export function useFrame(): FrameState {
  const frame = useContext(FrameContext);
  if (!frame) throw new Error('This component is not inside the frame.');
  return frame;
}
