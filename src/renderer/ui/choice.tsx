import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useId } from 'react';

type ChoiceProps<V extends string> = {
  readonly label: string;
  readonly value: V;
  readonly options: readonly (readonly [V, string])[];
  readonly onPick: (value: V) => void;
};

/** One of a few, drawn as segments. One stop of the Tab key; the arrow keys move the choice. */
export function Choice<V extends string>({ label, value, options, onPick }: ChoiceProps<V>) {
  const id = useId();
  return (
    <div className="flex items-center gap-3">
      <span id={id} className="w-28 text-meta">
        {label}
      </span>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        onValueChange={onPick}
        className="flex flex-wrap gap-1 rounded-md bg-sunken p-0.5"
      >
        {options.map(([option, says]) => (
          <Radio.Root
            key={option}
            value={option}
            render={<button type="button" />}
            nativeButton
            className="h-7 rounded-sm px-3 text-meta hover:text-text aria-checked:bg-panel aria-checked:font-medium aria-checked:text-text aria-checked:shadow-sm"
          >
            {says}
          </Radio.Root>
        ))}
      </RadioGroup>
    </div>
  );
}
