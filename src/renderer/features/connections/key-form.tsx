import type { KeyField } from '@astrix/contract';
import { Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { wordsOf } from '../../lib/bridge.ts';
import { change } from '../../lib/routes.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Notice } from '../../ui/page.tsx';
import { toast } from '../../ui/toast.tsx';
import type { ConnectWayProps } from './connect-props.ts';
import { faultOf, filled } from './key-fields.ts';
import { refreshConnections } from './queries.ts';

/** A form with the fields of the manifest. Values stay in this component, and secrets only until they are sent. */
export function KeyForm({ client, entry, connection, shared, forWhom, onConnected }: ConnectWayProps) {
  const online = useOnline();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [asked, setAsked] = useState(false);
  const [sending, setSending] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const faults = entry.fields.map(field => faultOf(field, values[field.name] ?? ''));

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    setAsked(true);
    setFailed(null);
    if (faults.some(fault => fault !== null)) return;
    setSending(true);
    const fields = filled(entry.fields, values);
    // Secrets are forgotten when they are sent, so a second try asks for them again.
    setValues(
      Object.fromEntries(
        entry.fields.flatMap(({ name, kind }) => (kind === 'secret' ? [] : [[name, values[name] ?? '']])),
      ),
    );
    setAsked(false);
    try {
      const connected = await change('connections.connect-key', client.id, {
        params: { clientId: client.id },
        body: { provider: entry.id, shared, connectionId: connection?.id ?? null, fields },
      });
      setValues({});
      refreshConnections(client.id);
      if (connection) toast(`Key of ${connected.account.name} replaced`);
      onConnected(connected.id);
    } catch (error) {
      setFailed(error);
    } finally {
      setSending(false);
    }
  }

  return (
    <form className="flex flex-col gap-4" onSubmit={event => void send(event)} autoComplete="off" noValidate>
      {entry.fields.map((field, at) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          fault={asked ? (faults[at] ?? null) : null}
          onType={text => setValues({ ...values, [field.name]: text })}
        />
      ))}
      {failed ? (
        <Notice tone="danger" title={wordsOf(failed).reason}>
          {wordsOf(failed).next} Nothing was saved. Enter the secrets again.
        </Notice>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" disabled={sending || !online} className="max-w-full">
          <span className="truncate">
            {sending
              ? `Connecting ${entry.name}…`
              : connection
                ? `Replace the key of ${connection.account.name}`
                : `Connect for ${forWhom}`}
          </span>
        </Button>
        <span className="text-meta">Astrix tests the key before saving it.</span>
      </div>
    </form>
  );
}

function Field({
  field,
  value,
  fault,
  onType,
}: {
  readonly field: KeyField;
  readonly value: string;
  readonly fault: string | null;
  readonly onType: (text: string) => void;
}) {
  const [shown, setShown] = useState(false);
  const id = `field-${field.name}`;
  const common = {
    id,
    value,
    required: field.required,
    'aria-invalid': fault !== null,
    'aria-describedby': `${id}-help`,
    onChange: (event: { target: { value: string } }) => onType(event.target.value),
    autoComplete: 'off',
    spellCheck: false,
  } as const;
  const secret = field.kind === 'secret';
  const edge = fault ? 'border-danger' : '';
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {field.label}
        {field.required ? null : <span className="font-normal text-meta"> · optional</span>}
      </label>
      {field.kind === 'choice' ? (
        <select {...common} className={`field h-8 py-0 ${edge}`}>
          <option value="">Choose…</option>
          {field.options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : (
        <span className="relative">
          {field.maxLength > 500 ? (
            // A long key has line breaks, which a password field would remove.
            <textarea
              {...common}
              rows={4}
              maxLength={field.maxLength}
              className={`field resize-y ${secret ? 'pr-10' : ''} ${secret && !shown ? '[-webkit-text-security:disc]' : ''} ${edge}`}
            />
          ) : (
            <input
              {...common}
              type={secret && !shown ? 'password' : 'text'}
              maxLength={field.maxLength}
              className={`field h-8 ${secret ? 'pr-10' : ''} ${edge}`}
            />
          )}
          {secret ? (
            <IconButton
              label={shown ? `Hide ${field.label}` : `Show ${field.label}`}
              aria-pressed={shown}
              className="absolute top-0.5 right-0.5 size-7"
              onClick={() => setShown(!shown)}
            >
              {shown ? <EyeOff size={14} /> : <Eye size={14} />}
            </IconButton>
          ) : null}
        </span>
      )}
      <span id={`${id}-help`} className="text-meta">
        {fault ? <span className="block text-danger">{fault}</span> : null}
        {field.help}
      </span>
    </div>
  );
}
