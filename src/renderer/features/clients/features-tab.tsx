import type { ClientDirectoryRow } from '@astrix/contract';
import { useState } from 'react';
import { useAppState, useOnline } from '../../lib/app-state.ts';
import { change } from '../../lib/routes.ts';
import { Part } from '../../ui/page.tsx';
import { Switch } from '../../ui/switch.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { refreshClients } from './queries.ts';

/** Which optional features this client uses. What one of them keeps stays while it is off. */
export function FeaturesTab({ client }: { readonly client: ClientDirectoryRow }) {
  const online = useOnline();
  const optional = Object.entries(useAppState(state => state.info?.optionalFeatures) ?? {});
  const [busy, setBusy] = useState(false);
  const set = async (feature: string, label: string, on: boolean) => {
    if (busy || !online) return;
    setBusy(true);
    const others = client.featuresOff.filter(name => name !== feature);
    const off = on ? others : [...others, feature];
    try {
      await change('clients.set-features', client.id, { params: { clientId: client.id }, body: { off } });
      await refreshClients();
      toast(`${label} is ${on ? 'on' : 'off'} for ${client.name}`);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <Part title="Features of this client">
      <p className="max-w-[560px] text-meta">
        A feature that is off is shown to nobody for this client, and its data is kept. It takes effect at once.
      </p>
      <ul className="flex max-w-[560px] flex-col rounded-md border border-line bg-panel">
        {optional.map(([feature, label]) => (
          <li key={feature} className="border-t border-line px-3 py-2.5 first:border-0">
            <Switch
              label={label}
              on={!client.featuresOff.includes(feature)}
              onChange={on => void set(feature, label, on)}
            />
          </li>
        ))}
      </ul>
      {online ? null : <p className="text-waiting">You are offline. Features are changed when you are online again.</p>}
    </Part>
  );
}
