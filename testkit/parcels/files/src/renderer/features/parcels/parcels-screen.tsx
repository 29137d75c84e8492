import { Package } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../lib/app-state.ts';
import { useRows } from '../../lib/rows.ts';
import type { ScreenProps } from '../../lib/screen.ts';
import { write } from '../../lib/write.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, Waiting } from '../../ui/parts.tsx';
import { complain } from '../../ui/toast.tsx';

/** Parcels of the client at the agency's desk. Adding and collecting work without a network. */
export function ParcelsScreen({ client }: ScreenProps) {
  const parcels = useRows('parcels', client.id);
  const may = useMay('parcel.edit');
  const [awb, setAwb] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    const made = write('parcels.add', { clientId: client.id, awb, content: 'Samples' });
    void made.then(() => setAwb(''), complain);
  };
  if (parcels.isError) return <Failed error={parcels.error} onRetry={() => void parcels.refetch()} />;
  if (!parcels.data) return <Waiting what="Loading parcels…" />;
  return (
    <section aria-label="Parcels" className="scroll h-full space-y-3 p-4">
      {may ? (
        <form onSubmit={add} className="flex gap-2">
          <input
            aria-label="AWB"
            value={awb}
            onChange={event => setAwb(event.target.value)}
            className="h-8 rounded-md border border-line px-2"
          />
          <Button type="submit" disabled={awb.trim() === ''}>
            Add parcel
          </Button>
        </form>
      ) : null}
      {parcels.data.length === 0 ? (
        <Empty icon={<Package size={24} />} title="No parcels">
          Type the AWB of a parcel that has arrived.
        </Empty>
      ) : null}
      <ul>
        {parcels.data.map(parcel => (
          <li key={parcel.id} className="flex items-center gap-2 py-1">
            <span className="min-w-0 flex-1 truncate">
              {parcel.awb} · {parcel.content} · {parcel.status}
            </span>
            {may && parcel.status === 'waiting' ? (
              <Button
                onClick={() =>
                  void write('parcels.collect', { clientId: client.id, parcelId: parcel.id }).catch(complain)
                }
              >
                Mark collected
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
