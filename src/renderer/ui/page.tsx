import type { ReactNode } from 'react';

/** A section of a page with its heading. */
export function Part({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-2.5 border-t border-line px-6 py-4 first:border-t-0">
      <header className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="font-bold">{title}</h3>
        <span className="flex-1" />
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[repeat(auto-fill,minmax(190px,1fr))] gap-x-6 gap-y-3">{children}</dl>;
}

export function Fact({
  name,
  title,
  children,
}: {
  readonly name: string;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <dt className="text-meta text-meta">{name}</dt>
      <dd className="break-words" title={title}>
        {children}
      </dd>
    </div>
  );
}

const BOXES = {
  danger: 'bg-danger-ground text-danger',
  waiting: 'bg-waiting-ground text-waiting',
  plain: 'bg-sunken text-text',
} as const;

/** A notice: what is the case, what to do, and the button for it. */
export function Notice({
  tone,
  title,
  children,
  action,
}: {
  readonly tone: keyof typeof BOXES;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div
      role={tone === 'plain' ? undefined : 'status'}
      className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md px-3.5 py-2.5 ${BOXES[tone]}`}
    >
      <div className="min-w-56 flex-1">
        <p className="font-medium">{title}</p>
        {children ? <p className="text-text">{children}</p> : null}
      </div>
      {action}
    </div>
  );
}

export function PageHead({
  icon,
  title,
  marks,
  children,
  actions,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly marks?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-3 px-6 pt-5 pb-4">
      <span className="mt-1 grid size-8 shrink-0 place-items-center rounded-md border border-line bg-sunken">
        {icon}
      </span>
      <div className="min-w-56 flex-1">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h2 className="min-w-0 text-title font-bold break-words">{title}</h2>
          {marks}
        </div>
        <div className="mt-0.5 text-meta">{children}</div>
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
