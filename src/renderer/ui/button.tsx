import type { ComponentProps, ReactNode } from 'react';
import { Hinted } from './hint.tsx';

const LOOK = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover disabled:bg-hover disabled:text-meta',
  plain: 'border border-line-strong bg-panel hover:bg-hover disabled:text-meta',
  /** In the client's colour; `hueStyle` of the client is set around it. */
  client:
    'bg-hue text-(--on-hue) hover:ring-2 hover:ring-line-strong disabled:bg-hover disabled:text-meta disabled:hover:ring-0',
  quiet: 'hover:bg-hover text-text disabled:text-meta',
  danger: 'bg-danger text-on-accent hover:opacity-90 disabled:bg-hover disabled:text-meta disabled:hover:opacity-100',
} as const;

export function Button({
  look = 'plain',
  className = '',
  ...props
}: ComponentProps<'button'> & { readonly look?: keyof typeof LOOK }) {
  return (
    <button
      type="button"
      className={`inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-3 font-medium whitespace-nowrap disabled:cursor-default ${LOOK[look]} ${className}`}
      {...props}
    />
  );
}

/** A button that shows an icon. Screen readers read its label; the pointer and the focus show it, with the shortcut. */
export function IconButton({
  label,
  keys,
  className = '',
  children,
  ...props
}: ComponentProps<'button'> & { readonly label: string; readonly keys?: string; readonly children: ReactNode }) {
  return (
    <Hinted text={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        className={`inline-flex size-8 shrink-0 items-center justify-center rounded-md text-meta hover:bg-hover hover:text-text aria-pressed:bg-picked aria-pressed:text-text ${className}`}
        {...props}
      >
        {children}
      </button>
    </Hinted>
  );
}
