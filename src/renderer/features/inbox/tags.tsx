import { Combobox } from '@base-ui/react/combobox';
import { Check, Plus, X } from 'lucide-react';
import { type Ref, useState } from 'react';
import type { ConversationView } from '../../../shared/ipc.ts';
import { keysOf } from '../../lib/shortcuts.ts';
import { IconButton } from '../../ui/button.tsx';
import { Hinted } from '../../ui/hint.tsx';
import { Popover } from '../../ui/popover.tsx';
import { useTags } from './queries.ts';
import { CONVERSATION } from './shortcuts.ts';
import { tagChoices } from './tag-choices.ts';

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
          <bdi>{tag}</bdi>
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
          <Hinted text="Change tags" keys={keysOf(CONVERSATION.tag)}>
            <button
              ref={trigger}
              type="button"
              disabled={!may}
              className="inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-meta text-meta hover:bg-hover hover:text-text"
            >
              <Plus size={13} /> Tag
            </button>
          </Hinted>
        }
      >
        <TagField clientId={conversation.clientId} applied={conversation.tags} onChange={onChange} />
      </Popover>
    </div>
  );
}

/** A field above the tags that it finds. Enter takes the highlighted entry: it adds a tag, or removes one that is there. */
export function TagField({
  clientId,
  applied,
  onChange,
}: {
  readonly clientId: string;
  readonly applied: readonly string[];
  readonly onChange: Change;
}) {
  const known = useTags(clientId).data ?? [];
  const [typed, setTyped] = useState('');
  const choices = tagChoices(known, applied, typed);
  return (
    <Combobox.Root
      inline
      open
      multiple
      items={choices.map(choice => choice.tag)}
      // `tagChoices` has searched already.
      filter={null}
      autoHighlight
      value={[...applied]}
      onValueChange={next =>
        onChange(
          next.filter(tag => !applied.includes(tag)),
          applied.filter(tag => !next.includes(tag)),
        )
      }
      inputValue={typed}
      onInputValueChange={setTyped}
    >
      <Combobox.Input
        aria-label="Find or create a tag"
        placeholder="Find or create a tag"
        dir="auto"
        maxLength={32}
        className="field mb-1 h-8"
      />
      <Combobox.List aria-label="Tags" className="scroll max-h-72">
        {choices.map(({ kind, tag }) => (
          <Combobox.Item key={`${kind} ${tag}`} value={tag} className="row-button">
            {kind === 'create' ? (
              <>
                <Plus size={14} aria-hidden /> <span className="min-w-0 truncate">Create tag “{tag}”</span>
              </>
            ) : (
              <>
                <Combobox.ItemIndicator keepMounted className="not-data-selected:invisible">
                  <Check size={14} aria-hidden />
                </Combobox.ItemIndicator>
                <bdi className="min-w-0 truncate">{tag}</bdi>
              </>
            )}
          </Combobox.Item>
        ))}
      </Combobox.List>
      <Combobox.Empty className="px-2 py-1.5 text-meta empty:hidden">
        {typed.trim() ? 'Use letters, digits, spaces, - and _ only' : 'Type to create the first tag'}
      </Combobox.Empty>
    </Combobox.Root>
  );
}
