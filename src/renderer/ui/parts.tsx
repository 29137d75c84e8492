import type { ReactNode } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import { wordsOf } from '../lib/bridge.ts';
import { hueStyle } from '../lib/client-colour.ts';
import { useLate } from '../lib/clock.ts';
import { Button } from './button.tsx';

const SHAPES: Readonly<Record<ClientView['shape'], string>> = {
  square: 'rounded-[20%]',
  circle: 'rounded-full',
  leaf: 'rounded-[55%_6%]',
  arch: 'rounded-[50%_50%_10%_10%]',
  shield: 'rounded-[10%_10%_50%_50%]',
  hexagon: '[clip-path:polygon(24%_2%,76%_2%,100%_50%,76%_98%,24%_98%,0_50%)]',
};

/** A client's initials or logo on its own colour and shape. It is hidden from screen readers, so the client's name has to stand beside it. */
export function ClientMark({
  client,
  size = 32,
}: {
  readonly client: Pick<ClientView, 'hue' | 'shade' | 'shape' | 'initials'> & { readonly logo?: string | null };
  readonly size?: number;
}) {
  const { initials, shape, logo = null } = client;
  // The colour stays around a logo: it is what people know the client by.
  if (logo !== null)
    return (
      <span
        aria-hidden
        style={{ ...hueStyle(client), width: size, height: size, padding: Math.max(2, Math.round(size / 13)) }}
        className={`inline-grid shrink-0 place-items-center bg-hue select-none ${SHAPES[shape]}`}
      >
        <img src={logo} alt="" draggable={false} className={`size-full bg-panel object-contain ${SHAPES[shape]}`} />
      </span>
    );
  return (
    <span
      data-initials={initials}
      aria-hidden
      style={{
        ...hueStyle(client),
        width: size,
        height: size,
        fontSize: size * (initials.length > 2 ? 0.3 : 0.36),
      }}
      className={`inline-grid before:content-[attr(data-initials)] shrink-0 place-items-center bg-hue font-bold text-(--on-hue) select-none ${SHAPES[shape]}`}
    />
  );
}

export function PersonMark({
  initials,
  name,
  size = 20,
}: {
  readonly initials: string;
  readonly name: string;
  readonly size?: number;
}) {
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      style={{ width: size, height: size, fontSize: size * 0.45 }}
      className="inline-grid shrink-0 place-items-center rounded-full border border-line-strong bg-sunken font-medium text-meta select-none"
    >
      {initials}
    </span>
  );
}

const TONES = {
  plain: 'bg-sunken text-meta',
  waiting: 'bg-waiting-ground text-waiting',
  done: 'bg-sunken text-done',
  danger: 'bg-danger-ground text-danger',
  accent: 'bg-accent text-on-accent',
} as const;

export function Chip({
  tone = 'plain',
  children,
  title,
}: {
  readonly tone?: keyof typeof TONES;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span
      title={title}
      className={`inline-flex h-[18px] shrink-0 items-center gap-1 rounded-sm px-1.5 text-[11px] leading-none font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}

/** Stands where a list or a page has no content, and names the next step. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="grid h-full place-items-center p-8">
      <div className="flex max-w-72 flex-col items-center gap-1.5 text-center">
        <span className="mb-1 text-meta">{icon}</span>
        <h2 className="font-bold">{title}</h2>
        <p className="text-meta">{children}</p>
      </div>
    </div>
  );
}

/** Shows what failed and what to do. The reference can be selected and copied. */
export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { reason, next, reference } = wordsOf(error);
  return (
    <div role="alert" className="grid h-full place-items-center p-8">
      <div className="flex max-w-80 flex-col items-center gap-2 text-center">
        <h2 className="font-bold">{reason}</h2>
        <p className="text-meta">{next}</p>
        {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
        {reference ? <code className="text-meta text-meta select-all">{reference}</code> : null}
      </div>
    </div>
  );
}

/** Shows nothing at first, then what the person is waiting for. */
export function Waiting({ what }: { readonly what: string }) {
  const late = useLate(true);
  return (
    <div role="status" className="grid h-full place-items-center p-8 text-meta">
      {late ? what : ''}
    </div>
  );
}

/** Shows nothing at first, then grey bars where rows will appear. */
export function Skeleton({ rows, what }: { readonly rows: number; readonly what: string }) {
  const late = useLate(true, 300);
  return (
    <div role="status" className="flex flex-col gap-2.5 p-4">
      {late ? <span className="text-meta">{what}</span> : null}
      {late
        ? Array.from({ length: rows }, (_, at) => `${92 - ((at * 17) % 40)}.${at}%`).map(width => (
            <span key={width} aria-hidden style={{ width }} className="h-4 rounded-sm bg-sunken" />
          ))
        : null}
    </div>
  );
}
