import type { ReactNode } from 'react';

export type Head = { readonly head: string; readonly right?: true };

/** A dense table that scrolls under its own head. The caller passes the rows as `<tr>`. */
export function Table({
  label,
  heads,
  children,
}: {
  readonly label: string;
  readonly heads: readonly Head[];
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      className="max-h-[440px] overflow-auto overscroll-contain rounded-md border border-line bg-panel"
    >
      <table className="data w-full border-separate border-spacing-0">
        <thead>
          <tr>
            {heads.map(({ head, right }) => (
              <th key={head} scope="col" className={right ? 'text-right' : 'text-left'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
