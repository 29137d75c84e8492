import type { ClientDirectoryRow } from '@astrix/contract';
import { useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Part } from '../../ui/page.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { refreshClients } from './queries.ts';

const TIMES: readonly (readonly [ClientDirectoryRow['retention'], string])[] = [
  ['days-30', '30 days'],
  ['months-24', '24 months'],
];

/** For how long what customers of the client write is kept. A shorter time deletes, so it is chosen first and saved after. */
export function RetentionPart({ client }: { readonly client: ClientDirectoryRow }) {
  const online = useOnline();
  const [picked, setPicked] = useState(client.retention);
  const [busy, setBusy] = useState(false);
  const isShorter = picked === 'days-30' && client.retention === 'months-24';
  const save = async () => {
    setBusy(true);
    try {
      await change('clients.set-retention', client.id, {
        params: { clientId: client.id },
        body: { retention: picked },
      });
      await refreshClients();
      toast(`The time for ${client.name} is saved`);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <Part title="How long messages are kept">
      <Choice label="Keep for" value={picked} options={TIMES} onPick={setPicked} />
      <p className={isShorter ? 'text-danger' : 'text-meta'}>
        {isShorter
          ? 'What is older than 30 days is deleted soon after you save, and cannot be brought back.'
          : 'What customers of this client write is deleted after this time.'}
      </p>
      <Button
        className={`self-start ${isShorter ? 'text-danger' : ''}`}
        disabled={busy || !online || picked === client.retention}
        onClick={() => void save()}
      >
        {busy ? 'Saving…' : 'Save the time'}
      </Button>
    </Part>
  );
}
