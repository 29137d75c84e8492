import type { Screen } from '../lib/screen.ts';
import { shownKeys } from '../lib/shortcuts.ts';
import { goTo } from './fold.ts';
import { useFrame } from './frame-context.ts';

/** `column` has words where there is room for them; `bar` is part of the identity strip of a small window. */
type Form = 'column' | 'bar';

/** The screens of the client that is shown. */
export function Places({ form }: { readonly form: Form }) {
  const { screens, screen: current, client, go } = useFrame();
  if (!client) return null;
  return (
    <nav
      aria-label="Screens"
      className={
        form === 'column'
          ? 'flex w-12 shrink-0 flex-col gap-0.5 border-r border-line bg-panel p-1.5 xl:w-36'
          : 'flex gap-0.5'
      }
    >
      {screens.map(screen => (
        <Place
          key={screen.id}
          screen={screen}
          clientId={client.id}
          form={form}
          current={screen.id === current?.id}
          onPick={() => go.screen(screen.id, client.id, null)}
        />
      ))}
    </nav>
  );
}

const withoutCount = () => null;

function Place({
  screen,
  clientId,
  form,
  current,
  onPick,
}: {
  readonly screen: Screen;
  readonly clientId: string;
  readonly form: Form;
  readonly current: boolean;
  readonly onPick: () => void;
}) {
  const { label, icon: Icon, count } = screen;
  // A screen's declaration never changes, so each place calls the same hook in every render.
  const useCount = count?.use ?? withoutCount;
  const counted = useCount(clientId);
  const column = form === 'column';
  const shown = column && counted ? counted : null;
  return (
    <button
      type="button"
      aria-label={shown && count ? `${label}, ${shown} ${count.unit}` : label}
      aria-current={current ? 'page' : undefined}
      title={`${label} (${shownKeys(goTo(screen))})`}
      onClick={onPick}
      className={`flex h-8 items-center gap-2 rounded-md text-meta hover:bg-hover hover:text-text aria-[current]:bg-picked aria-[current]:font-medium aria-[current]:text-text ${column ? 'justify-center xl:justify-start xl:px-2' : 'w-8 justify-center'}`}
    >
      <Icon size={16} aria-hidden />
      {column ? <span className="hidden min-w-0 flex-1 truncate text-left text-work xl:block">{label}</span> : null}
      {shown ? (
        <span
          aria-hidden
          data-count={shown}
          className="hidden text-meta text-meta before:content-[attr(data-count)] xl:block"
        />
      ) : null}
    </button>
  );
}
