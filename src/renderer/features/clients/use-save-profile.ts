import type { ClientProfileRow, ProfileFields } from '@astrix/contract';
import { useState } from 'react';
import { ask, bridge } from '../../lib/bridge.ts';
import { type Faults, faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { change } from '../../lib/routes.ts';
import { toast } from '../../ui/toast.tsx';
import { keepProfile } from './queries.ts';

const NOTHING: ProfileFields = { contacts: [], hours: null, holidays: [], languages: [] };

/**
 * Saves parts of a profile over the version that the person sees. A profile that somebody else has changed meanwhile is loaded, and what
 * was typed is told to be made again.
 */
export function useSaveProfile(clientId: string, profile: ClientProfileRow | null, fields: readonly string[]) {
  const [faults, setFaults] = useState<Faults>(NO_FAULTS);
  const [busy, setBusy] = useState(false);
  const save = async (part: Partial<ProfileFields>) => {
    setBusy(true);
    setFaults(NO_FAULTS);
    const { contacts, hours, holidays, languages } = profile ?? NOTHING;
    const body = { contacts, hours, holidays, languages, ...part, version: profile?.version ?? 0 };
    try {
      keepProfile(await change('clients.save-profile', clientId, { params: { clientId }, body }));
      toast('Saved');
    } catch (error) {
      setFaults(faultsOf(error, fields));
      void ask(bridge.sync.now()).catch(() => undefined);
    }
    setBusy(false);
  };
  return { save, busy, faults };
}
