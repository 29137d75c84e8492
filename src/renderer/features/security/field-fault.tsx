import { Field } from '@base-ui/react/field';

/** What is wrong with a field, beside it. */
export function FieldFault({ says }: { readonly says: string | undefined }) {
  if (says === undefined) return null;
  return (
    <Field.Error match role="alert" className="text-danger">
      {says}
    </Field.Error>
  );
}
