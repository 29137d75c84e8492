import { Building2 } from 'lucide-react';
import { useFrame } from './frame-context.ts';

/** The way to the screens of the agency, for those who are offered any. It stays on the one that is shown. */
export function AgencyEntry() {
  const { agencyScreens, agencyName, screen, go } = useFrame();
  const [first] = agencyScreens;
  if (!first) return null;
  const current = screen?.scope === 'agency';
  return (
    <button
      type="button"
      aria-label={`Agency: ${agencyName}`}
      aria-current={current ? 'page' : undefined}
      title={agencyName}
      onClick={() => (current ? undefined : go.agency(first.id, null))}
      className="grid size-10 place-items-center rounded-lg text-meta hover:bg-hover hover:text-text aria-[current]:bg-picked aria-[current]:text-text"
    >
      <Building2 size={18} />
    </button>
  );
}
