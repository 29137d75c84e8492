import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { IconButton } from './button.tsx';

/** A search field above a list. Escape clears the field; Escape in an empty field moves the focus out of it. */
export function SearchField({
  label,
  placeholder,
  maxLength,
  value,
  onType,
  onEnter,
  onDown,
  field,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly maxLength: number;
  readonly value: string;
  readonly onType: (text: string) => void;
  /** Runs on Enter when something was typed, for example to open the first hit. */
  readonly onEnter?: () => void;
  /** Runs on the arrow key down, to move the focus into the list. */
  readonly onDown?: () => void;
  readonly field: Ref<HTMLInputElement>;
}) {
  return (
    <div className="relative">
      <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-meta" />
      <input
        ref={field}
        aria-label={label}
        placeholder={placeholder}
        maxLength={maxLength}
        value={value}
        onChange={event => onType(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && onEnter && value.trim() !== '') {
            onEnter();
            event.currentTarget.blur();
          }
          if (event.key === 'ArrowDown' && onDown) {
            event.preventDefault();
            onDown();
          }
          if (event.key !== 'Escape') return;
          if (value === '') event.currentTarget.blur();
          onType('');
        }}
        className="field h-8 px-8"
      />
      {value ? (
        <IconButton label="Clear the search" className="absolute top-0.5 right-0.5 size-7" onClick={() => onType('')}>
          <X size={14} />
        </IconButton>
      ) : null}
    </div>
  );
}

const TONES = { plain: 'text-text', danger: 'text-danger', waiting: 'text-waiting' } as const;

/** A filter of a list, with the number of rows that pass it. */
export function FilterChip({
  label,
  title,
  count,
  tone = 'plain',
  on,
  onPick,
}: {
  readonly label: string;
  readonly title?: string;
  readonly count?: string;
  readonly tone?: keyof typeof TONES;
  readonly on: boolean;
  readonly onPick: () => void;
}) {
  return (
    <button
      type="button"
      title={title}
      aria-pressed={on}
      onClick={onPick}
      className="inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-meta text-meta hover:bg-hover aria-pressed:bg-text aria-pressed:text-ground"
    >
      {label}
      {count === undefined ? null : <span className={`font-medium ${on ? '' : TONES[tone]}`}>{count}</span>}
    </button>
  );
}
