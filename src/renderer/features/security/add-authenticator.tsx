import { Field } from '@base-ui/react/field';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { agencyKey } from '../../lib/query-keys.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { FieldFault } from './field-fault.tsx';
import { QrCode } from './qr.tsx';
import { grouped } from './words.ts';

type Props = { readonly onClose: () => void; readonly onAdded: (codes: readonly string[] | null) => void };

/** Another authenticator app. Nothing changes before its first code fits. */
export function AddAuthenticator({ onClose, onAdded }: Props) {
  // Asked for once: each answer is another secret.
  const begun = useQuery({
    queryKey: agencyKey('security', 'begin-totp'),
    queryFn: () => change('identity.begin-totp', null, {}),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Dialog open onClose={onClose} title="Add an authenticator app" wide>
      {begun.data ? (
        <Confirm begun={begun.data} onClose={onClose} onAdded={onAdded} />
      ) : begun.isError ? (
        <Failed error={begun.error} onRetry={() => void begun.refetch()} />
      ) : (
        <Waiting what="Asking the server for a new secret…" />
      )}
    </Dialog>
  );
}

type Begun = { readonly secret: string; readonly otpauthUrl: string; readonly setup: string };

function Confirm({ begun, onClose, onAdded }: Props & { readonly begun: Begun }) {
  const [code, setCode] = useState('');
  const [label, setLabel] = useState('My phone');
  const adding = useMutation({
    mutationFn: () => change('identity.confirm-totp', null, { body: { setup: begun.setup, code, label } }),
    onSuccess: ({ recoveryCodes }) => onAdded(recoveryCodes),
  });
  const faults = adding.isError
    ? faultsOf(adding.error, ['code', 'label'], { totp_refused: 'code', enrolment_expired: 'code' })
    : NO_FAULTS;
  return (
    <form
      noValidate
      className="scroll flex flex-col gap-4 p-5"
      onSubmit={event => {
        event.preventDefault();
        adding.mutate();
      }}
    >
      <div className="flex flex-wrap gap-5">
        <QrCode text={begun.otpauthUrl} label="QR code for your authenticator app" />
        <div className="flex min-w-60 flex-1 flex-col gap-3">
          <p>
            Scan the code with an authenticator app on your phone. If you cannot scan it, type this key into the app:
          </p>
          <code className="rounded-md bg-sunken px-3 py-2 break-words select-all">{grouped(begun.secret)}</code>
          <p className="text-meta">When the app is added, your other sessions end.</p>
        </div>
      </div>
      <Field.Root className="flex flex-col gap-1" invalid={faults.fields.code !== undefined}>
        <Field.Label className="font-medium">Code from the app</Field.Label>
        <Field.Control
          className="field w-40 tabular-nums data-invalid:border-danger"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          value={code}
          onValueChange={next => setCode(next.replaceAll(/\D/g, ''))}
        />
        <FieldFault says={faults.fields.code} />
      </Field.Root>
      <Field.Root className="flex flex-col gap-1" invalid={faults.fields.label !== undefined}>
        <Field.Label className="font-medium">Name of this authenticator</Field.Label>
        <Field.Control
          className="field data-invalid:border-danger"
          maxLength={80}
          value={label}
          onValueChange={setLabel}
        />
        <FieldFault says={faults.fields.label} />
      </Field.Root>
      {faults.form ? (
        <p role="alert" className="text-danger">
          {faults.form}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={adding.isPending || code.length !== 6}>
          {adding.isPending ? 'Checking…' : 'Add authenticator'}
        </Button>
      </div>
    </form>
  );
}
