import { Field } from '@base-ui/react/field';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { listOf, type Provider, readRoles, rolesText } from './provider-text.ts';

type Form = {
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly domains: string;
  readonly factorValues: string;
  readonly roleClaim: string;
  readonly roles: string;
};

const FIELDS: readonly {
  readonly name: keyof Form;
  readonly label: string;
  readonly help: string;
  readonly tall?: true;
}[] = [
  { name: 'label', label: 'Name on the button', help: 'For example “Google”.' },
  { name: 'issuer', label: 'Issuer', help: 'For example https://accounts.google.com' },
  { name: 'clientId', label: 'Client ID', help: 'As the provider shows it.' },
  {
    name: 'clientSecret',
    label: 'Client secret',
    help: 'It is never shown again. Leave it empty to keep the one that is there.',
  },
  { name: 'domains', label: 'E-mail domains of the agency', help: 'Separated by commas.' },
  {
    name: 'factorValues',
    label: 'Values of amr or acr that count as a second factor',
    help: 'Empty: people also need a code of an authenticator app.',
  },
  { name: 'roleClaim', label: 'Claim with the groups of a person', help: 'Empty: nobody joins without an invitation.' },
  {
    name: 'roles',
    label: 'Groups and roles',
    help: 'One on each line, such as “Support = agent”. The first that fits decides.',
    tall: true,
  },
];
const NAMES = FIELDS.map(({ name }) => name);

const begin = (provider: Provider | null): Form => ({
  label: provider?.label ?? '',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  clientSecret: '',
  domains: provider?.domains.join(', ') ?? '',
  factorValues: provider?.factorValues.join(', ') ?? '',
  roleClaim: provider?.roleClaim ?? '',
  roles: rolesText(provider?.roles ?? []),
});

/** The agency's identity provider. The server asks its address before it is kept. */
export function ProviderForm({
  provider,
  onSaved,
}: {
  readonly provider: Provider | null;
  readonly onSaved: () => void;
}) {
  const [form, setForm] = useState(() => begin(provider));
  const [isRemoving, setRemoving] = useState(false);
  const mapping = readRoles(form.roles);
  const saving = useMutation({
    mutationFn: () =>
      change('web-sign-in.set-provider', null, {
        body: {
          label: form.label,
          issuer: form.issuer.trim(),
          clientId: form.clientId,
          clientSecret: form.clientSecret === '' ? null : form.clientSecret,
          domains: listOf(form.domains),
          factorValues: listOf(form.factorValues),
          roleClaim: form.roleClaim.trim() === '' ? null : form.roleClaim,
          roles: 'roles' in mapping ? mapping.roles : [],
        },
      }),
    onSuccess() {
      toast('Identity provider saved');
      setForm({ ...form, clientSecret: '' });
      onSaved();
    },
  });
  const faults = saving.isError ? faultsOf(saving.error, NAMES, { provider_refused: 'issuer' }) : NO_FAULTS;
  const faultOf = (name: keyof Form) => (name === 'roles' && 'fault' in mapping ? mapping.fault : faults.fields[name]);
  const remove = () =>
    void change('web-sign-in.remove-provider', null, {}).then(() => {
      toast('Identity provider removed');
      setRemoving(false);
      onSaved();
    }, complain);
  return (
    <form
      noValidate
      className="flex max-w-md flex-col gap-3"
      onSubmit={event => {
        event.preventDefault();
        if ('roles' in mapping) saving.mutate();
      }}
    >
      {FIELDS.map(({ name, label, help, tall }) => (
        <Field.Root key={name} className="flex flex-col gap-1" invalid={faultOf(name) !== undefined}>
          <Field.Label className="font-medium">{label}</Field.Label>
          <Field.Control
            className={`field data-invalid:border-danger ${tall ? 'h-20 py-1.5' : ''}`}
            {...(tall ? { render: <textarea rows={3} /> } : {})}
            type={name === 'clientSecret' ? 'password' : 'text'}
            autoComplete="off"
            spellCheck={false}
            value={form[name]}
            onValueChange={next => setForm({ ...form, [name]: next })}
          />
          <Field.Description className="text-meta">{help}</Field.Description>
          {faultOf(name) === undefined ? null : (
            <Field.Error match role="alert" className="text-danger">
              {faultOf(name)}
            </Field.Error>
          )}
        </Field.Root>
      ))}
      {faults.form ? (
        <p role="alert" className="text-danger">
          {faults.form}
        </p>
      ) : null}
      <div className="flex gap-2">
        <Button look="primary" type="submit" disabled={saving.isPending || 'fault' in mapping}>
          {saving.isPending ? 'Asking the provider…' : 'Save provider'}
        </Button>
        {provider ? <Button onClick={() => setRemoving(true)}>Remove</Button> : null}
      </div>
      {isRemoving ? (
        <Dialog open onClose={() => setRemoving(false)} title={`Remove ${provider?.label ?? 'the provider'}`}>
          <div className="flex flex-col gap-4 p-5">
            <p>Nobody can sign in by it any more. Sessions that are open go on.</p>
            <div className="flex justify-end gap-2">
              <Button onClick={() => setRemoving(false)}>Cancel</Button>
              <Button look="danger" onClick={remove}>
                Remove
              </Button>
            </div>
          </div>
        </Dialog>
      ) : null}
    </form>
  );
}
