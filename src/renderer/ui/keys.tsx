/** Keys as the keyboard names them. */
export const Keys = ({ children }: { readonly children: string }) => (
  <kbd className="rounded-sm border border-line bg-sunken px-1 py-px font-[inherit] text-[11px] text-meta">
    {children}
  </kbd>
);
