import type { ComponentType, ReactNode } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import type { Go } from './screen.ts';

export type OverlayProps = {
  /** The client on screen. */
  readonly client: ClientView | null;
  readonly clients: readonly ClientView[];
  readonly go: Go;
  readonly onClose: () => void;
};

/** A dialog over any screen, as it is declared. */
export type Overlay<Id extends string = string> = {
  readonly id: Id;
  /** Place in the palette and in the keyboard map, lowest first. */
  readonly order: number;
  readonly shortcut: { readonly keys: string; readonly says: string } | null;
  /** How the palette offers it; null for an overlay that it does not offer. */
  readonly palette: { readonly label: string; readonly icon: ReactNode } | null;
  readonly Overlay: ComponentType<OverlayProps>;
};

/** Declares an overlay. */
export const defineOverlay = <const Id extends string>(overlay: Overlay<Id>): Overlay<Id> => overlay;
