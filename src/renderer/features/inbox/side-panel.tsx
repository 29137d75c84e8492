import { AlarmClock, CircleCheck, RotateCcw, UserRoundPlus } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import type { ClientView, ConversationView } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { dateTimeOf, exactOf, snoozeChoices, windowState } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { keysOf } from '../../lib/shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Hinted } from '../../ui/hint.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { PersonMark } from '../../ui/parts.tsx';
import { assignable } from './assignable.ts';
import { Consent } from './consent.tsx';
import { useContact } from './queries.ts';
import { CONVERSATION } from './shortcuts.ts';
import { Tags } from './tags.tsx';
import type { Triage } from './triage.ts';

type Props = {
  readonly conversation: ConversationView;
  readonly client: ClientView;
  readonly triage: Triage;
  readonly triggers: {
    readonly assign: Ref<HTMLButtonElement>;
    readonly tag: Ref<HTMLButtonElement>;
    readonly snooze: Ref<HTMLButtonElement>;
  };
};

/** Masked facts about the customer, and assignee, tags and state of the conversation. */
export function SidePanel({ conversation, client, triage, triggers }: Props) {
  const now = useNow(30);
  const people = usePeople().data ?? [];
  const account = useAppState(state => state.account);
  const contact = useContact(conversation.clientId, conversation.contactId).data;
  const may = account.status === 'signed-in' && account.permissions.includes('conversation.triage');
  const myId = account.status === 'signed-in' ? account.personId : null;
  const assignee = people.find(person => person.id === conversation.assigneeId);
  const able = assignable(people);
  const window = windowState(conversation.windowExpiresAt, now);

  return (
    <aside aria-label="Details" className="scroll h-full bg-panel">
      <div className="border-b border-line px-4 pt-4 pb-3.5">
        <h2 dir="auto" className="pr-7 text-[15px] leading-snug font-bold break-words">
          {conversation.contactName}
        </h2>
        <p className="mt-0.5 text-meta">
          Customer of <bdi>{client.name}</bdi>
        </p>
        <div className="mt-3 flex gap-1.5">
          <Menu
            trigger={
              <Hinted text="Snooze" keys={keysOf(CONVERSATION.snooze)}>
                <Button ref={triggers.snooze} disabled={!may} className="flex-1">
                  <AlarmClock size={14} /> {conversation.status === 'snoozed' ? 'Snoozed' : 'Snooze'}
                </Button>
              </Hinted>
            }
          >
            {conversation.status === 'snoozed' ? (
              <>
                <MenuItem onPick={() => triage.snooze(null)}>Unsnooze</MenuItem>
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
          <Hinted text={conversation.status === 'closed' ? 'Reopen' : 'Close'} keys={keysOf(CONVERSATION.close)}>
            <Button disabled={!may} onClick={triage.toggle} className="flex-1">
              {conversation.status === 'closed' ? <RotateCcw size={14} /> : <CircleCheck size={14} />}
              {conversation.status === 'closed' ? 'Reopen' : 'Close'}
            </Button>
          </Hinted>
        </div>
      </div>

      <Section title="Assigned to">
        <Menu
          trigger={
            <Hinted text="Assign" keys={keysOf(CONVERSATION.assign)}>
              <button
                ref={triggers.assign}
                type="button"
                disabled={!may}
                className="row-button -mx-2 w-[calc(100%+16px)]"
              >
                {assignee ? (
                  <span aria-hidden className="contents">
                    <PersonMark initials={assignee.initials} name={assignee.name} />
                  </span>
                ) : (
                  <UserRoundPlus size={16} className="text-meta" />
                )}
                <span className="sr-only">Assign: </span>
                <span className={assignee ? '' : 'text-meta'}>{assignee?.name ?? 'Unassigned'}</span>
              </button>
            </Hinted>
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
            Unassigned
          </MenuItem>
        </Menu>
      </Section>

      <Section title="Tags">
        <Tags conversation={conversation} may={may} trigger={triggers.tag} onChange={triage.tags} />
      </Section>

      <Section title="Customer">
        <dl className="grid grid-cols-[92px_1fr] gap-x-2 gap-y-1.5">
          <Fact name="Phone">
            {contact?.phoneMasked ? (
              <span className="mask">{contact.phoneMasked}</span>
            ) : contact && !contact.hasPhone ? (
              <span className="text-meta">Not shared by the customer</span>
            ) : (
              '–'
            )}
          </Fact>
          {contact?.handle ? (
            <Fact name="WhatsApp id">
              <span className="mask">••••••{contact.handle.slice(-4)}</span>
            </Fact>
          ) : null}
          <Fact name="Reply window">
            <span
              className={window.state === 'closing' ? 'text-waiting' : window.state === 'open' ? '' : 'text-meta'}
              title={conversation.windowExpiresAt ? exactOf(conversation.windowExpiresAt) : undefined}
            >
              {window.label}
            </span>
          </Fact>
          <Fact name="First message">
            {contact ? <span title={exactOf(contact.firstSeenAt)}>{dateTimeOf(contact.firstSeenAt)}</span> : '–'}
          </Fact>
          <Fact name="Last message">
            {contact ? <span title={exactOf(contact.lastSeenAt)}>{dateTimeOf(contact.lastSeenAt)}</span> : '–'}
          </Fact>
          <Fact name="Deleted on">
            <span title="Messages are deleted after 30 days">{dateTimeOf(conversation.expiresAt)}</span>
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
