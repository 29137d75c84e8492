import { CornerDownLeft } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

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

/** A field that keeps the focus, above a list through which the arrow keys move. */
export function Chooser({ choices, placeholder, typed, onType, onPick }: ChooserProps) {
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text selects the first choice
  useEffect(() => setAt(0), [typed]);
  useEffect(() => void list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' }), [at]);

  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, choices.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && choices[at]) onPick(choices[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={field}
        role="combobox"
        aria-expanded
        aria-controls="choices"
        aria-activedescendant={choices[at] ? `choice-${at}` : undefined}
        aria-label={placeholder}
        placeholder={placeholder}
        maxLength={200}
        value={typed}
        onChange={event => onType(event.target.value)}
        onKeyDown={press}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-5 text-[15px] outline-none"
      />
      <div ref={list} id="choices" role="listbox" aria-label="Choices" className="scroll min-h-0 p-2">
        {choices.map((choice, index) => (
          <div key={choice.id}>
            {choice.group === choices[index - 1]?.group ? null : (
              <div role="presentation" className="px-3 pt-2 pb-1 text-meta text-meta">
                {choice.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the focus and the keys, as a combobox does */}
            <div
              id={`choice-${index}`}
              data-at={index}
              role="option"
              aria-selected={index === at}
              onClick={() => onPick(choice)}
              onMouseMove={() => setAt(index)}
              className="flex h-9 items-center gap-2.5 rounded-md px-3 aria-selected:bg-picked"
            >
              <span className="grid w-6 shrink-0 place-items-center text-meta">{choice.icon}</span>
              <span className="min-w-0 flex-1 truncate">{choice.label}</span>
              <span className="shrink-0 text-meta text-meta">{choice.meta}</span>
              {index === at ? <CornerDownLeft size={13} className="text-meta" aria-hidden /> : null}
            </div>
          </div>
        ))}
        {choices.length === 0 ? <p className="px-3 py-6 text-center text-meta">Nothing fits “{typed}”.</p> : null}
      </div>
    </>
  );
}
