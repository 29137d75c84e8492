import { Field } from '@base-ui/react/field';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { FieldFault } from './field-fault.tsx';

type Props = { readonly hasPassword: boolean; readonly onChanged: () => void };

/** Sets another password, or the first one of somebody who signs in without. The server says what is not safe enough (AU-13). */
export function PasswordForm({ hasPassword, onChanged }: Props) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const changing = useMutation({
    mutationFn: () =>
      change('identity.change-password', null, { body: { current: hasPassword ? current : null, next } }),
    onSuccess() {
      setCurrent('');
      setNext('');
      toast('Password changed. Your other sessions have ended.');
      onChanged();
    },
  });
  const faults = changing.isError
    ? faultsOf(changing.error, ['current', 'next'], { sign_in_refused: 'current', password_refused: 'next' })
    : NO_FAULTS;
  return (
    <form
      noValidate
      className="flex max-w-80 flex-col gap-3"
      onSubmit={event => {
        event.preventDefault();
        changing.mutate();
      }}
    >
      {hasPassword ? (
        <Secret
          label="Current password"
          auto="current-password"
          value={current}
          onChange={setCurrent}
          fault={faults.fields.current}
        />
      ) : null}
      <Secret
        label="New password"
        auto="new-password"
        help="A sentence or a few words that nobody else uses. Your other sessions end."
        value={next}
        onChange={setNext}
        fault={faults.fields.next}
      />
      {faults.form ? (
        <p role="alert" className="text-danger">
          {faults.form}
        </p>
      ) : null}
      <Button
        type="submit"
        className="self-start"
        disabled={changing.isPending || next === '' || (hasPassword && current === '')}
      >
        {changing.isPending ? 'Changing…' : hasPassword ? 'Change password' : 'Set password'}
      </Button>
    </form>
  );
}

function Secret({
  label,
  auto,
  help,
  value,
  onChange,
  fault,
}: {
  readonly label: string;
  readonly auto: 'current-password' | 'new-password';
  readonly help?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly fault: string | undefined;
}) {
  return (
    <Field.Root className="flex flex-col gap-1" invalid={fault !== undefined}>
      <Field.Label className="font-medium">{label}</Field.Label>
      <Field.Control
        className="field data-invalid:border-danger"
        type="password"
        autoComplete={auto}
        maxLength={256}
        value={value}
        onValueChange={onChange}
      />
      {help ? <Field.Description className="text-meta">{help}</Field.Description> : null}
      <FieldFault says={fault} />
    </Field.Root>
  );
}
