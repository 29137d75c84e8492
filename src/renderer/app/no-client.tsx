import { Inbox } from 'lucide-react';
import type { SyncStatus } from '../../shared/ipc.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Waiting } from '../ui/parts.tsx';
import { useFrame } from './frame-context.ts';

/** Shown during the first pull, and after a pull that brought no client. */
export function NoClient({ none, sync }: { readonly none: boolean; readonly sync: SyncStatus | null }) {
  const { agencyScreens } = useFrame();
  if (none && sync?.syncedAt)
    return agencyScreens.some(({ id }) => id === 'clients') ? (
      <Start />
    ) : (
      <Empty icon={<Inbox size={24} />} title="No clients yet">
        Ask a manager of your agency for access to a client.
      </Empty>
    );
  const received = sync?.received ?? 0;
  return (
    <Waiting
      what={
        received > 0
          ? `Loading your clients, ${received.toLocaleString('en-IN')} rows so far…`
          : 'Loading your clients…'
      }
    />
  );
}

/** What is left to do in an agency that has no client yet. */
function Start() {
  const { agencyName, agencyScreens, go } = useFrame();
  const steps = [
    {
      screen: 'clients',
      at: 'new',
      look: 'primary',
      title: 'Add your first client',
      says: 'A brand whose customers you answer. It gets its own mark, inbox and connections.',
      label: 'Add a client',
    },
    {
      screen: 'people',
      at: 'invite',
      look: 'plain',
      title: 'Invite people',
      says: 'Colleagues join by e-mail and set up a second factor. You choose their role and their clients.',
      label: 'Invite people',
    },
  ] as const;
  return (
    <div className="scroll grid h-full place-items-center p-8">
      <section aria-labelledby="start" className="flex w-full max-w-[520px] flex-col gap-5">
        <header>
          <h2 id="start" className="text-title font-bold break-words">
            Welcome to <bdi>{agencyName}</bdi>
          </h2>
          <p className="mt-1 text-meta">Two steps, and your agency can work.</p>
        </header>
        <ol className="flex flex-col rounded-lg border border-line bg-panel">
          {steps
            .filter(({ screen }) => agencyScreens.some(({ id }) => id === screen))
            .map(({ screen, at, title, says, label, look }, n) => (
              <li key={screen} className="flex flex-wrap items-center gap-4 border-t border-line p-4 first:border-0">
                <span
                  aria-hidden
                  className="grid size-6 shrink-0 place-items-center rounded-full border border-line-strong text-meta"
                >
                  {n + 1}
                </span>
                <div className="min-w-48 flex-1">
                  <h3 className="font-medium">{title}</h3>
                  <p className="text-meta">{says}</p>
                </div>
                <Button look={look} onClick={() => go.agency(screen, at)}>
                  {label}
                </Button>
              </li>
            ))}
        </ol>
      </section>
    </div>
  );
}
