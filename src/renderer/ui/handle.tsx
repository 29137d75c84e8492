import { Separator } from 'react-resizable-panels';

/** The border between two panels, which a person can drag. */
export const Handle = () => (
  <Separator className="relative w-px bg-line outline-none after:absolute after:inset-y-0 after:-left-1 after:w-2 hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent" />
);
