import type { ClientDirectoryRow } from '@astrix/contract';
import { ImageUp, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { type Faults, faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { Button } from '../../ui/button.tsx';
import { Field, FormFault } from '../../ui/field.tsx';
import { freeMarks, initialsOf, sameMark } from './identity.ts';
import { LogoFault, logoOf } from './logo.ts';
import { type Look, MarkPicker, MarkPreview } from './mark-picker.tsx';

const FIELDS = ['name', 'initials', 'replyAs', 'logo', 'shade'];
const BY_CODE = { client_name_taken: 'name', client_mark_taken: 'shade' };
const MOST_NAME = 120;

export type Identity = { readonly name: string; readonly replyAs: string } & Look;
type Props = {
  /** The client that is changed; null for a new one. */
  readonly client: ClientDirectoryRow | null;
  /** Every other client of the agency, archived ones included. */
  readonly others: readonly ClientDirectoryRow[];
  readonly label: (busy: boolean, name: string) => string;
  readonly onSave: (identity: Identity) => Promise<void>;
  readonly aside?: ReactNode;
};

/** Name, initials, mark, logo, and the name that customers see. What it will look like is drawn beside. */
export function IdentityForm({ client, others, label, onSave, aside }: Props) {
  const online = useOnline();
  const [name, setName] = useState(client?.name ?? '');
  // Null while they follow the name.
  const [ownInitials, setInitials] = useState(client?.initials ?? null);
  const [ownReplyAs, setReplyAs] = useState(client?.replyAs ?? null);
  const [mark, setMark] = useState<Pick<Look, 'hue' | 'shade' | 'shape'> | null>(client);
  const [logo, setLogo] = useState(client?.logo ?? null);
  const [faults, setFaults] = useState<Faults>(NO_FAULTS);
  const [busy, setBusy] = useState(false);

  const initials = ownInitials ?? initialsOf(name);
  const replyAs = ownReplyAs ?? name;
  const marks = freeMarks(others, initials);
  const picked = marks.find(one => mark !== null && sameMark(one, mark)) ?? marks[0] ?? null;

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const missing = {
      ...(name.trim() === '' ? { name: 'Enter the name of the client.' } : {}),
      ...(initials.trim() === '' ? { initials: 'Enter one to four letters or digits.' } : {}),
      ...(replyAs.trim() === '' ? { replyAs: 'Enter the name that customers see.' } : {}),
    };
    setFaults({ fields: missing, form: null });
    if (Object.keys(missing).length > 0 || !picked || busy) return;
    setBusy(true);
    try {
      await onSave({ name: name.trim(), initials: initials.trim(), replyAs: replyAs.trim(), ...picked, logo });
    } catch (error) {
      setFaults(faultsOf(error, FIELDS, BY_CODE));
    }
    setBusy(false);
  }

  return (
    <form className="scroll flex flex-col gap-4 p-5" onSubmit={event => void send(event)} noValidate autoComplete="off">
      <div className="grid grid-cols-[1fr_110px] gap-4">
        <Field label="Name" fault={faults.fields.name}>
          {control => (
            <input
              {...control}
              maxLength={MOST_NAME}
              dir="auto"
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Initials" fault={faults.fields.initials}>
          {control => (
            <input
              {...control}
              maxLength={4}
              value={initials}
              onChange={event => setInitials(event.target.value === '' && !client ? null : event.target.value)}
            />
          )}
        </Field>
      </div>
      <Field label="Reply as" fault={faults.fields.replyAs} help="What customers see as the sender.">
        {control => (
          <input
            {...control}
            maxLength={MOST_NAME}
            dir="auto"
            value={replyAs}
            onChange={event => setReplyAs(event.target.value)}
          />
        )}
      </Field>
      <MarkPicker
        marks={marks}
        value={picked}
        initials={initials || '–'}
        fault={faults.fields.shade ?? null}
        onPick={setMark}
      />
      <LogoField logo={logo} fault={faults.fields.logo ?? null} onPick={setLogo} />
      {picked ? (
        <MarkPreview
          look={{ ...picked, initials: initials || '–', logo }}
          name={name.trim()}
          replyAs={replyAs.trim()}
        />
      ) : null}
      <FormFault says={faults.form} />
      <div className="flex flex-wrap justify-end gap-2">
        {aside}
        <Button type="submit" look="primary" disabled={busy || !online || !picked} className="max-w-full">
          <span className="truncate">{label(busy, name.trim())}</span>
        </Button>
      </div>
      {online ? null : (
        <p className="text-right text-waiting">You are offline. This can be saved when you are online again.</p>
      )}
    </form>
  );
}

function LogoField({
  logo,
  fault,
  onPick,
}: {
  readonly logo: string | null;
  readonly fault: string | null;
  readonly onPick: (logo: string | null) => void;
}) {
  const file = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const take = (picked: File | undefined) => {
    setFailed(null);
    if (!picked) return;
    logoOf(picked).then(onPick, (error: unknown) =>
      setFailed(error instanceof LogoFault ? error.message : 'This picture could not be read. Choose another one.'),
    );
  };
  const says = failed ?? fault;
  return (
    <div className="flex flex-wrap items-center gap-2.5">
      <input
        ref={file}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        aria-label="Picture for the logo"
        className="sr-only"
        tabIndex={-1}
        onChange={event => {
          take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <Button onClick={() => file.current?.click()}>
        <ImageUp size={14} aria-hidden /> {logo ? 'Choose another logo' : 'Choose a logo'}
      </Button>
      {logo ? (
        <Button look="quiet" onClick={() => onPick(null)}>
          <X size={14} aria-hidden /> Remove the logo
        </Button>
      ) : (
        <span className="text-meta">Optional. It stands in place of the initials, scaled to 64 × 64.</span>
      )}
      {says ? (
        <span role="alert" className="w-full text-danger">
          {says}
        </span>
      ) : null}
    </div>
  );
}
