import { Autocomplete } from '@base-ui/react/autocomplete';
import { CornerDownLeft } from 'lucide-react';
import type { ReactNode } from 'react';

export type Choice = {
  readonly id: string;
  readonly group: string;
  readonly icon: ReactNode;
  readonly label: ReactNode;
  readonly meta?: ReactNode;
  readonly pick: () => void;
};

type ChooserProps = {
  readonly choices: readonly Choice[];
  readonly placeholder: string;
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly onPick: (choice: Choice) => void;
};

/** Choices under their headings, in the order in which each heading appears first. */
export const grouped = (choices: readonly Choice[]) =>
  [...Map.groupBy(choices, choice => choice.group)].map(([name, items]) => ({ name, items }));

/** A field that keeps the focus, above a list through which the arrow keys move. Part of a dialog, which focuses it. */
export function Chooser({ choices, placeholder, typed, onType, onPick }: ChooserProps) {
  return (
    <Autocomplete.Root
      inline
      open
      items={grouped(choices)}
      // The caller has searched already.
      mode="none"
      autoHighlight="always"
      keepHighlight
      value={typed}
      // A picked choice would be written into the field.
      onValueChange={(text, { reason }) => reason !== 'item-press' && onType(text)}
    >
      <Autocomplete.Input
        aria-label={placeholder}
        placeholder={placeholder}
        maxLength={200}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-5 text-[15px] outline-none"
      />
      <Autocomplete.List aria-label="Choices" className="scroll min-h-0 p-2 empty:hidden">
        {(group: { readonly name: string; readonly items: readonly Choice[] }) => (
          <Autocomplete.Group key={group.name} items={group.items}>
            <Autocomplete.GroupLabel className="px-3 pt-2 pb-1 text-meta text-meta">
              {group.name}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(choice: Choice) => (
                <Autocomplete.Item
                  key={choice.id}
                  value={choice}
                  onClick={() => onPick(choice)}
                  className="group flex h-9 scroll-my-2 items-center gap-2.5 rounded-md px-3 data-highlighted:bg-picked"
                >
                  <span className="grid w-6 shrink-0 place-items-center text-meta">{choice.icon}</span>
                  <span className="min-w-0 flex-1 truncate">{choice.label}</span>
                  <span className="shrink-0 text-meta text-meta">{choice.meta}</span>
                  <CornerDownLeft size={13} className="hidden text-meta group-data-highlighted:block" aria-hidden />
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      <Autocomplete.Empty className="px-3 py-6 text-center text-meta empty:hidden">
        No results for “{typed}”.
      </Autocomplete.Empty>
    </Autocomplete.Root>
  );
}
