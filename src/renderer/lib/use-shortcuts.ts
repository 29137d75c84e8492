import { useEffect } from 'react';
import { onShortcut, type Shortcuts } from './shortcuts.ts';

/** Handles shortcuts that the screen has declared, for as long as the component is shown. */
export function useShortcuts<Name extends string>(
  shortcuts: Shortcuts<Name>,
  handlers: Readonly<Partial<Record<Name, () => void>>>,
): void {
  // Without dependencies: a handler always sees the values of the last render.
  useEffect(() => {
    const ends = Object.entries<(() => void) | undefined>(handlers).flatMap(([name, handler]) =>
      handler ? [onShortcut(shortcuts[name as Name], handler)] : [],
    );
    return () => {
      for (const end of ends) end();
    };
  });
}
