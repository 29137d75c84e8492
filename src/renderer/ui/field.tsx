import { type ReactNode, useId } from 'react';

type FieldProps = {
  readonly label: string;
  readonly fault?: string | null | undefined;
  readonly help?: ReactNode;
  readonly optional?: boolean;
  /** Draws the control with what ties it to its label and its fault. */
  readonly children: (control: {
    readonly id: string;
    readonly className: string;
    readonly 'aria-invalid': boolean;
    readonly 'aria-describedby': string;
  }) => ReactNode;
};

/** A control with its label, what is wrong with it as a sentence, and help. */
export function Field({ label, fault = null, help, optional = false, children }: FieldProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
        {optional ? <span className="font-normal text-meta"> · optional</span> : null}
      </label>
      {children({
        id,
        className: `field h-8 ${fault ? 'border-danger' : ''}`,
        'aria-invalid': fault !== null,
        'aria-describedby': `${id}-help`,
      })}
      <span id={`${id}-help`} className="text-meta empty:hidden">
        {fault ? (
          <span role="alert" className="block text-danger">
            {fault}
          </span>
        ) : null}
        {help}
      </span>
    </div>
  );
}

/** What is wrong with a form as a whole. */
export const FormFault = ({ says }: { readonly says: string | null }) =>
  says === null ? null : (
    <p role="alert" className="rounded-md bg-danger-ground px-3 py-2 text-danger">
      {says}
    </p>
  );
