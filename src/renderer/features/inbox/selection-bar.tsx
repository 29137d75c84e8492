import { AlarmClock, CircleCheck, MailOpen, Tag, UserRoundPlus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ConversationView } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { count, dateTimeOf, snoozeChoices } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { keysOf } from '../../lib/shortcuts.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Popover } from '../../ui/popover.tsx';
import { assignable } from './assignable.ts';
import { CONVERSATION, SELECTION } from './shortcuts.ts';
import { TagField } from './tags.tsx';
import { bulkTriage } from './triage.ts';

/** Stands in place of the filters while rows are selected: how many there are, and what can be done with all of them. */
export function SelectionBar({
  clientId,
  selected,
  onLeft,
  onClear,
}: {
  readonly clientId: string;
  readonly selected: readonly ConversationView[];
  /** Runs when the selected conversations were closed, snoozed or marked as unread. */
  readonly onLeft: () => void;
  readonly onClear: () => void;
}) {
  const now = useNow(30);
  const people = usePeople().data ?? [];
  const account = useAppState(state => state.account);
  const myId = account.status === 'signed-in' ? account.personId : null;
  const [tagging, setTagging] = useState(false);
  const assign = useRef<HTMLButtonElement>(null);
  const snooze = useRef<HTMLButtonElement>(null);
  const nameOf = (id: string | null) => people.find(person => person.id === id)?.name ?? 'a former user';
  const all = bulkTriage(selected, nameOf, onLeft);
  useShortcuts(CONVERSATION, {
    assign: () => assign.current?.click(),
    mine: () => myId && all.assign(myId),
    tag: () => setTagging(true),
    snooze: () => snooze.current?.click(),
    unread: all.unread,
    close: all.close,
  });
  const onAll = selected[0]?.tags.filter(tag => selected.every(({ tags }) => tags.includes(tag))) ?? [];
  return (
    <div role="toolbar" aria-label="Selected conversations" className="flex h-6 items-center gap-0.5">
      <span role="status" className="min-w-0 flex-1 truncate pl-1 text-meta font-medium">
        {count(selected.length)} selected
      </span>
      <IconButton label="Close" keys={keysOf(CONVERSATION.close)} className="size-7" onClick={all.close}>
        <CircleCheck size={15} />
      </IconButton>
      <Menu
        align="end"
        trigger={
          <IconButton ref={assign} label="Assign" keys={keysOf(CONVERSATION.assign)} className="size-7">
            <UserRoundPlus size={15} />
          </IconButton>
        }
      >
        {assignable(people).map(person => (
          <MenuItem key={person.id} onPick={() => all.assign(person.id)} meta={person.role}>
            {person.name}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onPick={() => all.assign(null)}>Unassigned</MenuItem>
      </Menu>
      <Popover
        label="Tags"
        open={tagging}
        onOpen={setTagging}
        trigger={
          <IconButton label="Change tags" keys={keysOf(CONVERSATION.tag)} className="size-7">
            <Tag size={15} />
          </IconButton>
        }
      >
        <TagField clientId={clientId} applied={onAll} onChange={all.tags} />
      </Popover>
      <Menu
        align="end"
        trigger={
          <IconButton ref={snooze} label="Snooze" keys={keysOf(CONVERSATION.snooze)} className="size-7">
            <AlarmClock size={15} />
          </IconButton>
        }
      >
        {snoozeChoices(now).map(({ label, until }) => (
          <MenuItem key={label} onPick={() => all.snooze(until)} meta={dateTimeOf(until.toISOString())}>
            {label}
          </MenuItem>
        ))}
      </Menu>
      <IconButton label="Mark as unread" keys={keysOf(CONVERSATION.unread)} className="size-7" onClick={all.unread}>
        <MailOpen size={15} />
      </IconButton>
      <IconButton label="Clear the selection" keys={keysOf(SELECTION.clear)} className="size-7" onClick={onClear}>
        <X size={15} />
      </IconButton>
    </div>
  );
}
