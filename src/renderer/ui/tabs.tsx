import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export type TabOf<V extends string> = { readonly value: V; readonly label: string; readonly page: ReactNode };

/** Pages of one thing. The arrow keys move between the tabs. */
export function Tabs<V extends string>({
  label,
  value,
  tabs,
  onPick,
}: {
  readonly label: string;
  readonly value: V;
  readonly tabs: readonly TabOf<V>[];
  readonly onPick: (value: V) => void;
}) {
  return (
    <Base.Root value={value} onValueChange={next => onPick(next as V)} className="flex min-h-0 flex-1 flex-col">
      <Base.List aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line px-5">
        {tabs.map(tab => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px h-9 shrink-0 border-b-2 border-transparent px-2 whitespace-nowrap text-meta hover:text-text aria-selected:border-accent aria-selected:font-medium aria-selected:text-text"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(tab => (
        <Base.Panel key={tab.value} value={tab.value} className="scroll min-h-0 flex-1 outline-none">
          {tab.page}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
