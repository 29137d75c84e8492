import { type ReactNode, useState } from 'react';

/** From this length on a text is folded; what is left out must be worth a click. Characters. */
const LONG = 1200;

/** Shows the beginning of a very long text, and all of it on request. The whole text is in the page, so that it can be searched and read aloud. */
export function LongText({ length, children }: { readonly length: number; readonly children: ReactNode }) {
  const [open, setOpen] = useState(false);
  if (length < LONG) return children;
  return (
    <>
      <span className={open ? 'block' : 'line-clamp-[14]'}>{children}</span>
      <button
        type="button"
        aria-expanded={open}
        className="mt-1 rounded-sm font-medium text-accent hover:underline"
        onClick={() => setOpen(!open)}
      >
        {open ? 'Show less' : 'Read more'}
      </button>
    </>
  );
}
