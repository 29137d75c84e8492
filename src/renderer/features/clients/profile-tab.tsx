import type { ClientDirectoryRow, ClientProfileRow, ProfileFields } from '@astrix/contract';
import { LANGUAGES } from '@astrix/contract/clients/hours';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field, FormFault } from '../../ui/field.tsx';
import { Part } from '../../ui/page.tsx';
import { useSaveProfile } from './use-save-profile.ts';

type Contact = ProfileFields['contacts'][number];
type Language = ProfileFields['languages'][number];
/** A contact as it is typed; `key` keeps the fields of a row together while rows come and go. */
type Draft = {
  readonly key: number;
  readonly name: string;
  readonly role: string;
  readonly email: string;
  readonly phone: string;
};

const MOST = 20;
const languages = Object.entries(LANGUAGES) as [Language, string][];

const draftOf = (contact: Contact, key: number): Draft => ({
  ...{ key, name: contact.name, role: contact.role },
  ...{ email: contact.email ?? '', phone: contact.phone ?? '' },
});
const contactOf = ({ name, role, email, phone }: Draft): Contact => ({
  ...{ name: name.trim(), role: role.trim(), email: email.trim() || null },
  phone: phone.replaceAll(/[\s()-]/g, '') || null,
});
const isEmpty = ({ name, role, email, phone }: Draft) => `${name}${role}${email}${phone}`.trim() === '';

/** Whom the agency calls at the client, and in which languages its customers write. */
export function ProfileTab({
  client,
  profile,
}: {
  readonly client: ClientDirectoryRow;
  readonly profile: ClientProfileRow | null;
}) {
  const online = useOnline();
  const [drafts, setDrafts] = useState<readonly Draft[]>((profile?.contacts ?? []).map(draftOf));
  const [spoken, setSpoken] = useState<readonly Language[]>(profile?.languages ?? []);
  const kept = drafts.filter(draft => !isEmpty(draft));
  const paths = kept.flatMap((_, n) => ['name', 'role', 'email', 'phone'].map(part => `contacts.${n}.${part}`));
  const { save, busy, faults } = useSaveProfile(client.id, profile, [...paths, 'contacts', 'languages']);
  const set = (key: number, part: Partial<Draft>) =>
    setDrafts(drafts.map(draft => (draft.key === key ? { ...draft, ...part } : draft)));
  const add = () =>
    setDrafts([
      ...drafts,
      { key: Math.max(-1, ...drafts.map(({ key }) => key)) + 1, name: '', role: '', email: '', phone: '' },
    ]);

  return (
    <form
      className="max-w-[920px]"
      noValidate
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault();
        void save({ contacts: kept.map(contactOf), languages: [...spoken] });
      }}
    >
      <Part
        title="Contact people"
        aside={
          <Button onClick={add} disabled={drafts.length >= MOST}>
            <Plus size={14} aria-hidden /> Add a person
          </Button>
        }
      >
        {drafts.length === 0 ? (
          <p className="text-meta">Nobody yet. Add whom your team calls at this client when something is urgent.</p>
        ) : null}
        <ul className="flex flex-col gap-3">
          {drafts.map(draft => {
            const n = kept.indexOf(draft);
            return (
              <li key={draft.key} className="rounded-md border border-line bg-panel p-3">
                <fieldset className="grid grid-cols-[repeat(auto-fit,minmax(150px,1fr))_32px] items-start gap-3">
                  <legend className="sr-only">{draft.name || 'New contact person'}</legend>
                  <Field label="Name" fault={faults.fields[`contacts.${n}.name`]}>
                    {control => (
                      <input
                        {...control}
                        dir="auto"
                        maxLength={120}
                        value={draft.name}
                        onChange={event => set(draft.key, { name: event.target.value })}
                      />
                    )}
                  </Field>
                  <Field label="Position" optional fault={faults.fields[`contacts.${n}.role`]}>
                    {control => (
                      <input
                        {...control}
                        dir="auto"
                        maxLength={80}
                        value={draft.role}
                        onChange={event => set(draft.key, { role: event.target.value })}
                      />
                    )}
                  </Field>
                  <Field label="E-mail" optional fault={faults.fields[`contacts.${n}.email`]}>
                    {control => (
                      <input
                        {...control}
                        type="email"
                        maxLength={254}
                        value={draft.email}
                        onChange={event => set(draft.key, { email: event.target.value })}
                      />
                    )}
                  </Field>
                  <Field label="Phone" optional fault={faults.fields[`contacts.${n}.phone`]}>
                    {control => (
                      <input
                        {...control}
                        type="tel"
                        placeholder="+91 98765 43210"
                        maxLength={24}
                        value={draft.phone}
                        onChange={event => set(draft.key, { phone: event.target.value })}
                      />
                    )}
                  </Field>
                  <IconButton
                    label={`Remove ${draft.name || 'this person'}`}
                    className="mt-[22px]"
                    onClick={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
                  >
                    <Trash2 size={15} />
                  </IconButton>
                </fieldset>
              </li>
            );
          })}
        </ul>
        <FormFault says={faults.fields.contacts ?? null} />
      </Part>
      <Part title="Languages of the customers">
        <div className="flex flex-wrap gap-1.5">
          {languages.map(([tag, name]) => (
            <label
              key={tag}
              className="flex h-8 cursor-pointer items-center gap-2 rounded-md border border-line bg-panel px-2.5 has-checked:border-accent has-checked:bg-picked has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="checkbox"
                className="size-3.5 accent-(--accent)"
                checked={spoken.includes(tag)}
                onChange={event =>
                  setSpoken(event.target.checked ? [...spoken, tag] : spoken.filter(one => one !== tag))
                }
              />
              <span lang={tag}>{name}</span>
            </label>
          ))}
        </div>
      </Part>
      <div className="flex flex-col items-start gap-3 border-t border-line px-6 py-4">
        <FormFault says={faults.form} />
        <Button type="submit" look="primary" disabled={busy || !online}>
          {busy ? 'Saving…' : 'Save the profile'}
        </Button>
      </div>
    </form>
  );
}
