import { Switch as Base } from '@base-ui/react/switch';

/** Something that is on or off at once, with its label. */
export function Switch({
  label,
  on,
  onChange,
}: {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch brings the input that the label names
    <label className="flex w-fit items-center gap-2.5">
      <Base.Root
        checked={on}
        onCheckedChange={onChange}
        className="flex h-[18px] w-8 shrink-0 cursor-pointer rounded-full border border-line-strong bg-sunken p-px data-checked:border-accent data-checked:bg-accent"
      >
        <Base.Thumb className="size-3.5 rounded-full bg-meta data-checked:translate-x-3.5 data-checked:bg-on-accent" />
      </Base.Root>
      {label}
    </label>
  );
}
