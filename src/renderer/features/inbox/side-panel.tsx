import { Menu as Base } from '@base-ui/react/menu';
import { AlarmClock, Ban, Check, CircleCheck, Plus, RotateCcw, Tag, UserRoundPlus, X } from 'lucide-react';
import { type ReactNode, type Ref, useState } from 'react';
import type { ClientView, ConversationView } from '../../../shared/ipc.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { dateTimeOf, exactOf, snoozeChoices, windowState } from '../../lib/format.ts';
import { useContact, usePeople, useTags } from '../../lib/queries.ts';
import { keysOf } from '../../lib/shortcuts.ts';
import { useScreen } from '../../lib/store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { PersonMark } from '../../ui/parts.tsx';
import { complain, said } from '../../ui/toast.tsx';

type At = { readonly clientId: string; readonly conversationId: string };

/** What can be done with a conversation, each with its way back. The place comes from the screen it was pressed on (SH-21). */
export function triageOf(conversation: ConversationView, nameOf: (personId: string | null) => string) {
  const at: At = { clientId: conversation.clientId, conversationId: conversation.id };
  const write = (work: Promise<{ ok: boolean }>, text: string, undo: (() => void) | null) =>
    void ask(work as Promise<never>).then(() => said(text, undo), complain);
  const assign = (personId: string | null) =>
    write(
      bridge.inbox.assign({ ...at, personId }),
      personId ? `Assigned to ${nameOf(personId)}` : 'Assigned to nobody',
      () => void bridge.inbox.assign({ ...at, personId: conversation.assigneeId }),
    );
  const setStatus = (status: 'open' | 'closed') =>
    write(
      bridge.inbox.setStatus({ ...at, status }),
      status === 'closed' ? 'Closed' : 'Reopened',
      () => void bridge.inbox.setStatus({ ...at, status: status === 'closed' ? 'open' : 'closed' }),
    );
  const snooze = (until: Date | null) =>
    write(
      bridge.inbox.snooze({ ...at, until: until?.toISOString() ?? null }),
      until ? `Snoozed until ${dateTimeOf(until.toISOString())}` : 'Awake again',
      until ? () => void bridge.inbox.snooze({ ...at, until: null }) : null,
    );
  const tags = (add: string[], remove: string[]) =>
    write(
      bridge.inbox.changeTags({ ...at, add, remove }),
      add.length > 0 ? `Tagged ${add.join(', ')}` : `Removed ${remove.join(', ')}`,
      () => void bridge.inbox.changeTags({ ...at, add: remove, remove: add }),
    );
  return {
    assign,
    setStatus,
    snooze,
    tags,
    toggle: () => setStatus(conversation.status === 'closed' ? 'open' : 'closed'),
  };
}

type Props = {
  readonly conversation: ConversationView;
  readonly client: ClientView;
  readonly triggers: {
    readonly assign: Ref<HTMLButtonElement>;
    readonly tag: Ref<HTMLButtonElement>;
    readonly snooze: Ref<HTMLButtonElement>;
  };
};

/** Facts about the customer, masked by design, and what this conversation is to us. */
export function SidePanel({ conversation, client, triggers }: Props) {
  const now = useNow(30);
  const people = usePeople().data ?? [];
  const account = useScreen(state => state.account);
  const contact = useContact(conversation.clientId, conversation.contactId).data;
  const may = account.status === 'signed-in' && account.permissions.includes('conversation.triage');
  const myId = account.status === 'signed-in' ? account.personId : null;
  const nameOf = (personId: string | null) => people.find(person => person.id === personId)?.name ?? 'nobody';
  const triage = triageOf(conversation, nameOf);
  const assignee = people.find(person => person.id === conversation.assigneeId);
  const able = people.filter(person => person.active && person.role !== 'client' && person.role !== 'analyst');
  const window = windowState(conversation.windowExpiresAt, now);

  return (
    <aside aria-label="Details" className="scroll h-full bg-panel">
      <div className="border-b border-line px-4 pt-4 pb-3.5">
        <h2 className="pr-7 text-[15px] leading-snug font-bold break-words">{conversation.contactName}</h2>
        <p className="mt-0.5 text-meta">Customer of {client.name}</p>
        <div className="mt-3 flex gap-1.5">
          <Menu
            trigger={
              <Button ref={triggers.snooze} disabled={!may} title={`Snooze (${keysOf('snooze')})`} className="flex-1">
                <AlarmClock size={14} /> {conversation.status === 'snoozed' ? 'Snoozed' : 'Snooze'}
              </Button>
            }
          >
            {conversation.status === 'snoozed' ? (
              <>
                <MenuItem onPick={() => triage.snooze(null)}>Wake now</MenuItem>
                <MenuLine />
              </>
            ) : null}
            {snoozeChoices(now).map(choice => (
              <MenuItem
                key={choice.label}
                onPick={() => triage.snooze(choice.until)}
                meta={dateTimeOf(choice.until.toISOString())}
              >
                {choice.label}
              </MenuItem>
            ))}
          </Menu>
          <Button
            disabled={!may}
            title={`${conversation.status === 'closed' ? 'Reopen' : 'Close'} (${keysOf('close')})`}
            onClick={triage.toggle}
            className="flex-1"
          >
            {conversation.status === 'closed' ? <RotateCcw size={14} /> : <CircleCheck size={14} />}
            {conversation.status === 'closed' ? 'Reopen' : 'Close'}
          </Button>
        </div>
      </div>

      <Section title="Assigned to">
        <Menu
          trigger={
            <button
              ref={triggers.assign}
              type="button"
              disabled={!may}
              title={`Assign (${keysOf('assign')})`}
              className="row-button -mx-2 w-[calc(100%+16px)]"
            >
              {assignee ? (
                <PersonMark initials={assignee.initials} name={assignee.name} />
              ) : (
                <UserRoundPlus size={16} className="text-meta" />
              )}
              <span className={assignee ? '' : 'text-meta'}>{assignee?.name ?? 'Nobody'}</span>
            </button>
          }
        >
          {myId && conversation.assigneeId !== myId && able.some(person => person.id === myId) ? (
            <>
              <MenuItem onPick={() => triage.assign(myId)}>Assign to me</MenuItem>
              <MenuLine />
            </>
          ) : null}
          {able.map(person => (
            <MenuItem
              key={person.id}
              checked={person.id === conversation.assigneeId}
              onPick={() => triage.assign(person.id)}
              meta={person.role}
            >
              {person.name}
            </MenuItem>
          ))}
          <MenuLine />
          <MenuItem checked={conversation.assigneeId === null} onPick={() => triage.assign(null)}>
            Nobody
          </MenuItem>
        </Menu>
      </Section>

      <Section title="Tags">
        <Tags conversation={conversation} may={may} trigger={triggers.tag} onChange={triage.tags} />
      </Section>

      <Section title="Customer">
        <dl className="grid grid-cols-[80px_1fr] gap-x-2 gap-y-1.5">
          <Fact name="Phone">
            {contact?.phoneMasked ? (
              <span className="mask">{contact.phoneMasked}</span>
            ) : contact && !contact.hasPhone ? (
              <span className="text-meta">Hidden by the customer</span>
            ) : (
              '–'
            )}
          </Fact>
          {contact?.handle ? (
            <Fact name="WhatsApp id">
              <span className="mask">••••••{contact.handle.slice(-4)}</span>
            </Fact>
          ) : null}
          <Fact name="Window">
            <span
              className={window.state === 'closing' ? 'text-waiting' : window.state === 'open' ? '' : 'text-meta'}
              title={conversation.windowExpiresAt ? exactOf(conversation.windowExpiresAt) : undefined}
            >
              {window.label}
            </span>
          </Fact>
          <Fact name="First wrote">
            {contact ? <span title={exactOf(contact.firstSeenAt)}>{dateTimeOf(contact.firstSeenAt)}</span> : '–'}
          </Fact>
          <Fact name="Last wrote">
            {contact ? <span title={exactOf(contact.lastSeenAt)}>{dateTimeOf(contact.lastSeenAt)}</span> : '–'}
          </Fact>
          <Fact name="Kept until">
            <span title="Messages are deleted 30 days after they were sent">{dateTimeOf(conversation.expiresAt)}</span>
          </Fact>
        </dl>
      </Section>

      <Section title="Consent">
        <Consent
          conversation={conversation}
          clientName={client.name}
          may={account.status === 'signed-in' && account.permissions.includes('contact.consent')}
        />
      </Section>
    </aside>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="border-b border-line px-4 py-3">
      <h3 className="mb-1.5 text-meta text-meta">{title}</h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-meta">{name}</dt>
      <dd className="min-w-0 truncate">{children}</dd>
    </>
  );
}

const TAG = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} _-]*$/u;

function Tags({
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
              title={`Change tags (${keysOf('tag')})`}
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
                  // Letters are for the field, not for jumping through the menu; Escape and arrows stay the menu's.
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

/** Opting out stops every message to this customer, so it says so, asks for the reason and names who it is for. */
function Consent({
  conversation,
  clientName,
  may,
}: {
  readonly conversation: ConversationView;
  readonly clientName: string;
  readonly may: boolean;
}) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const out = conversation.optedOut;
  const done = () => {
    const { clientId, id: conversationId, contactId } = conversation;
    void ask(
      bridge.inbox.setOptOut({ clientId, conversationId, contactId, optedOut: !out, reason: reason.trim() }),
    ).then(() => said(out ? 'Recorded: the customer opted in again' : 'Recorded: the customer opted out'), complain);
    setAsking(false);
    setReason('');
  };
  return (
    <>
      <p className={out ? 'text-danger' : 'text-meta'}>
        {out ? (
          <Ban size={13} className="mr-1.5 inline align-[-2px]" aria-hidden />
        ) : (
          <Check size={13} className="mr-1.5 inline align-[-2px]" aria-hidden />
        )}
        {out ? 'Opted out. Nothing is sent to this customer.' : 'May be answered within the service window.'}
      </p>
      <Button className="mt-2 h-7 text-meta" disabled={!may} onClick={() => setAsking(true)}>
        {out ? 'Record an opt-in' : 'Record an opt-out'}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={out ? 'Record an opt-in' : 'Record an opt-out'}>
        <form
          className="flex flex-col gap-4 p-5"
          onSubmit={event => {
            event.preventDefault();
            done();
          }}
        >
          <p>
            {out
              ? `${conversation.contactName} can be written to again by ${clientName}.`
              : `From now on ${clientName} sends nothing to ${conversation.contactName}, and queued replies stop.`}{' '}
            This is recorded with your name.
          </p>
          <label className="flex flex-col gap-1">
            <span className="font-medium">How did they say so</span>
            <input
              className="field"
              required
              maxLength={200}
              value={reason}
              onChange={event => setReason(event.target.value)}
              placeholder="On the phone, in the shop, by e-mail"
            />
          </label>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button type="submit" look={out ? 'primary' : 'danger'} disabled={reason.trim() === ''}>
              {out ? 'Record the opt-in' : 'Record the opt-out'}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
