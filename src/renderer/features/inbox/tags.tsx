import { Menu as Base } from '@base-ui/react/menu';
import { Plus, Tag, X } from 'lucide-react';
import { type Ref, useState } from 'react';
import type { ConversationView } from '../../../shared/ipc.ts';
import { keysOf } from '../../lib/shortcuts.ts';
import { IconButton } from '../../ui/button.tsx';
import { MenuItem } from '../../ui/menu.tsx';
import { useTags } from './queries.ts';
import { CONVERSATION } from './shortcuts.ts';

const TAG = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} _-]*$/u;

export function Tags({
  conversation,
  may,
  trigger,
  onChange,
}: {
  readonly conversation: ConversationView;
  readonly may: boolean;
  readonly trigger: Ref<HTMLButtonElement>;
  readonly onChange: (add: string[], remove: string[]) => void;
}) {
  const known = useTags(conversation.clientId).data ?? [];
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const fresh = wanted.length > 0 && wanted.length <= 32 && TAG.test(wanted) && !conversation.tags.includes(wanted);
  const offered = known.filter(tag => !conversation.tags.includes(tag) && tag.includes(wanted)).slice(0, 12);
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
      <Base.Root onOpenChange={() => setTyped('')}>
        <Base.Trigger
          render={
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
        />
        <Base.Portal>
          <Base.Positioner sideOffset={4} align="start" className="z-50">
            <Base.Popup className="w-56 rounded-lg bg-panel p-1 shadow-float outline-none">
              <input
                aria-label="Find or make a tag"
                placeholder="Find or make a tag"
                maxLength={32}
                value={typed}
                onChange={event => setTyped(event.target.value)}
                onKeyDown={event => {
                  // The menu would use a letter to jump to an item. Escape and the arrow keys still reach the menu.
                  if (event.key.length === 1 || event.key === 'Enter' || event.key === 'Backspace')
                    event.stopPropagation();
                  if (event.key === 'Enter' && fresh) {
                    onChange([wanted], []);
                    setTyped('');
                  }
                }}
                className="field mb-1 h-8"
              />
              {offered.map(tag => (
                <MenuItem key={tag} onPick={() => onChange([tag], [])}>
                  <span className="inline-flex items-center gap-2">
                    <Tag size={13} /> {tag}
                  </span>
                </MenuItem>
              ))}
              {fresh && !known.includes(wanted) ? (
                <MenuItem onPick={() => onChange([wanted], [])}>
                  <span className="inline-flex items-center gap-2">
                    <Plus size={13} /> Make “{wanted}”
                  </span>
                </MenuItem>
              ) : null}
              {offered.length === 0 && !fresh ? (
                <p className="px-2 py-1.5 text-meta">
                  {wanted ? 'Letters, digits, spaces, - and _' : 'Type to make the first tag'}
                </p>
              ) : null}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  );
}
