import { Check, Plus, X } from 'lucide-react';
import { type KeyboardEvent, type Ref, useState } from 'react';
import type { ConversationView } from '../../../shared/ipc.ts';
import { placeAfter } from '../../lib/roving.ts';
import { keysOf } from '../../lib/shortcuts.ts';
import { IconButton } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { useTags } from './queries.ts';
import { CONVERSATION } from './shortcuts.ts';
import { type TagChoice, tagChoices } from './tag-choices.ts';

type Change = (add: string[], remove: string[]) => void;

export function Tags({
  conversation,
  may,
  trigger,
  onChange,
}: {
  readonly conversation: ConversationView;
  readonly may: boolean;
  readonly trigger: Ref<HTMLButtonElement>;
  readonly onChange: Change;
}) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-1">
      {conversation.tags.map(tag => (
        <span
          key={tag}
          className="inline-flex h-6 items-center gap-0.5 rounded-md border border-line bg-sunken pl-2 text-meta"
        >
          {tag}
          {may ? (
            <IconButton label={`Remove ${tag}`} className="size-5" onClick={() => onChange([], [tag])}>
              <X size={12} />
            </IconButton>
          ) : (
            <span className="w-2" />
          )}
        </span>
      ))}
      <Popover
        label="Tags"
        open={open}
        onOpen={setOpen}
        trigger={
          <button
            ref={trigger}
            type="button"
            disabled={!may}
            title={`Change tags (${keysOf(CONVERSATION.tag)})`}
            className="inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-meta text-meta hover:bg-hover hover:text-text"
          >
            <Plus size={13} /> Tag
          </button>
        }
      >
        <TagField conversation={conversation} onChange={onChange} />
      </Popover>
    </div>
  );
}

/** A field above the tags that it finds. Enter takes the highlighted entry: it adds a tag, or removes one that is there. */
function TagField({ conversation, onChange }: { readonly conversation: ConversationView; readonly onChange: Change }) {
  const known = useTags(conversation.clientId).data ?? [];
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const choices = tagChoices(known, conversation.tags, typed);
  const type = (text: string) => {
    setTyped(text);
    setAt(0);
  };
  const pick = (choice: TagChoice) => {
    if (choice.kind === 'tag' && choice.applied) onChange([], [choice.tag]);
    else onChange([choice.tag], []);
    type('');
  };
  const press = (event: KeyboardEvent) => {
    const to = placeAfter(event.key, at, choices.length);
    if (event.key === 'Enter' && choices[at]) pick(choices[at]);
    else if (to !== null && event.key.startsWith('Arrow')) setAt(to);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-expanded
        aria-controls="tag-choices"
        aria-activedescendant={choices[at] ? `tag-choice-${at}` : undefined}
        aria-label="Find or create a tag"
        placeholder="Find or create a tag"
        dir="auto"
        maxLength={32}
        value={typed}
        onChange={event => type(event.target.value)}
        onKeyDown={press}
        className="field mb-1 h-8"
      />
      <div id="tag-choices" role="listbox" aria-label="Tags" className="scroll max-h-72">
        {choices.map((choice, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the focus and the keys, as a combobox does
          <div
            key={`${choice.kind} ${choice.tag}`}
            id={`tag-choice-${place}`}
            role="option"
            aria-selected={place === at}
            onClick={() => pick(choice)}
            onMouseMove={() => setAt(place)}
            className="row-button aria-selected:bg-hover"
          >
            {choice.kind === 'create' ? (
              <>
                <Plus size={14} aria-hidden /> <span className="min-w-0 truncate">Create tag “{choice.tag}”</span>
              </>
            ) : (
              <>
                <Check size={14} aria-hidden className={choice.applied ? '' : 'invisible'} />
                <span className="min-w-0 truncate">{choice.tag}</span>
                {choice.applied ? <span className="sr-only">, on this conversation</span> : null}
              </>
            )}
          </div>
        ))}
      </div>
      {choices.length === 0 ? (
        <p className="px-2 py-1.5 text-meta">
          {typed.trim() ? 'A tag has letters, digits, spaces, - and _' : 'Type to create the first tag'}
        </p>
      ) : null}
    </>
  );
}
