import type { AgencyScreen, ClientScreen } from '../lib/screen.ts';
import { shownKeys } from '../lib/shortcuts.ts';
import { Hinted } from '../ui/hint.tsx';
import { goTo } from './fold.ts';
import { useFrame } from './frame-context.ts';

/** `column` has words where there is room for them; `bar` is part of the identity strip of a small window. */
type Form = 'column' | 'bar';

/** The screens of the client that is shown, or of the agency. */
export function Places({ form }: { readonly form: Form }) {
  const { screens, agencyScreens, screen: current, client, go } = useFrame();
  const isAgency = current?.scope === 'agency';
  if (!client && !isAgency) return null;
  return (
    <nav
      aria-label={isAgency ? 'Agency screens' : 'Screens'}
      className={
        form === 'column'
          ? 'flex w-12 shrink-0 flex-col gap-0.5 border-r border-line bg-panel p-1.5 xl:w-40'
          : 'flex gap-0.5'
      }
    >
      {client
        ? screens.map(screen => (
            <ClientPlace
              key={screen.id}
              screen={screen}
              clientId={client.id}
              form={form}
              current={screen.id === current?.id}
              onPick={() => go.screen(screen.id, client.id, null)}
            />
          ))
        : agencyScreens.map(screen => (
            <Place
              key={screen.id}
              screen={screen}
              form={form}
              current={screen.id === current?.id}
              onPick={() => go.agency(screen.id, null)}
            />
          ))}
    </nav>
  );
}

const withoutCount = () => null;

/** How much is broken on a screen, and the words for it; null while nothing is. */
export function useAlarm(
  { alarm }: ClientScreen,
  clientId: string,
): { readonly number: number; readonly says: string } | null {
  // A screen's declaration never changes, so the same hook is called in every render.
  const number = (alarm?.use ?? withoutCount)(clientId);
  return alarm && number ? { number, says: `${number} ${number === 1 ? alarm.one : alarm.many}` } : null;
}

type PlaceProps = { readonly form: Form; readonly current: boolean; readonly onPick: () => void };

function ClientPlace({
  screen,
  clientId,
  ...props
}: PlaceProps & { readonly screen: ClientScreen; readonly clientId: string }) {
  const { count } = screen;
  // A screen's declaration never changes, so each place calls the same hook in every render.
  const useCount = count?.use ?? withoutCount;
  const counted = useCount(clientId);
  return (
    <Place
      {...props}
      screen={screen}
      counted={count && counted ? { number: counted, unit: count.unit } : null}
      alarm={useAlarm(screen, clientId)}
    />
  );
}

function Place({
  screen,
  form,
  current,
  onPick,
  counted = null,
  alarm = null,
}: PlaceProps & {
  readonly screen: ClientScreen | AgencyScreen;
  readonly counted?: { readonly number: number; readonly unit: string } | null;
  readonly alarm?: ReturnType<typeof useAlarm>;
}) {
  const { label, icon: Icon } = screen;
  const column = form === 'column';
  const shown = column ? counted : null;
  return (
    <Hinted text={alarm ? alarm.says : label} keys={shownKeys(goTo(screen))}>
      <button
        type="button"
        aria-label={[label, shown ? `${shown.number} ${shown.unit}` : '', alarm?.says ?? ''].filter(Boolean).join(', ')}
        aria-current={current ? 'page' : undefined}
        onClick={onPick}
        className={`relative flex h-8 items-center gap-2 rounded-md text-meta hover:bg-hover hover:text-text aria-[current]:bg-picked aria-[current]:font-medium aria-[current]:text-text ${column ? 'justify-center xl:justify-start xl:px-2' : 'w-8 justify-center'}`}
      >
        <Icon size={16} aria-hidden />
        {column ? <span className="hidden min-w-0 flex-1 truncate text-left text-work xl:block">{label}</span> : null}
        {shown ? (
          <span
            aria-hidden
            data-count={shown.number}
            className="hidden text-meta text-meta before:content-[attr(data-count)] xl:block"
          />
        ) : null}
        {alarm ? (
          <span
            aria-hidden
            data-count={alarm.number}
            className={`grid h-4 min-w-4 place-items-center rounded-full bg-danger px-1 text-[10px] leading-none font-bold text-on-accent before:content-[attr(data-count)] ${column ? 'max-xl:absolute max-xl:top-0 max-xl:right-0' : 'absolute top-0 right-0'}`}
          />
        ) : null}
      </button>
    </Hinted>
  );
}
