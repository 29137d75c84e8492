import { CloudUpload, Send, TriangleAlert } from 'lucide-react';
import type { ClientView, OutboxItem } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { exactOf, shortOf } from '../../lib/format.ts';
import { useOutbox } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ClientMark, Empty, Failed } from '../../ui/parts.tsx';
import { complain } from '../../ui/toast.tsx';

/** Everything that was written here and is not at the server yet, and what came back and needs a person. */
export function OutboxSheet({
  clients,
  onOpen,
}: {
  readonly clients: readonly ClientView[];
  readonly onOpen: (clientId: string, conversationId: string) => void;
}) {
  const show = useAppState(state => state.show);
  const online = useAppState(state => state.sync?.connection === 'online');
  const outbox = useOutbox(true);
  const items = outbox.data ?? [];
  return (
    <Dialog open onClose={() => show(null)} title="Waiting to be sent" wide>
      <div className="scroll min-h-44">
        {outbox.isError ? <Failed error={outbox.error} onRetry={() => void outbox.refetch()} /> : null}
        {outbox.data && items.length === 0 ? (
          <Empty icon={<Send size={22} />} title="Everything has been sent">
            What you write without a network waits here, encrypted, and is sent once.
          </Empty>
        ) : null}
        <ul>
          {items.map(item => (
            <Item
              key={item.id}
              item={item}
              online={online}
              client={clients.find(client => client.id === item.clientId)}
              onOpen={() => {
                show(null);
                if (item.subject === 'conversations') onOpen(item.clientId, item.subjectId);
              }}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function Item({
  item,
  client,
  online,
  onOpen,
}: {
  readonly item: OutboxItem;
  readonly client: ClientView | undefined;
  readonly online: boolean;
  readonly onOpen: () => void;
}) {
  const now = useNow(30);
  const refused = item.state === 'refused';
  return (
    <li className="flex items-start gap-3 border-b border-line px-5 py-3">
      {client ? <ClientMark hue={client.hue} initials={client.initials} size={26} /> : null}
      <div className="min-w-0 flex-1">
        <p className="text-meta text-meta">
          {item.label} · {client?.name ?? 'A client you no longer see'} ·{' '}
          <time dateTime={item.createdAt} title={exactOf(item.createdAt)}>
            {shortOf(item.createdAt, now)}
          </time>
        </p>
        <p className="line-clamp-2 break-words">{item.summary}</p>
        <p className={`mt-0.5 flex items-center gap-1.5 ${refused ? 'text-danger' : 'text-waiting'}`}>
          {refused ? <TriangleAlert size={13} aria-hidden /> : <CloudUpload size={13} aria-hidden />}
          {refused
            ? `${item.refusal?.title}. ${item.refusal?.next}`
            : item.state === 'sending'
              ? 'Sending'
              : online
                ? 'Waiting for its turn'
                : 'Will be sent when online'}
        </p>
      </div>
      <div className="flex gap-1.5">
        <Button onClick={onOpen}>Open</Button>
        {item.state === 'sending' ? null : (
          <Button
            look="quiet"
            onClick={() => void ask(bridge.outbox.discard({ clientId: item.clientId, id: item.id })).catch(complain)}
          >
            Discard
          </Button>
        )}
      </div>
    </li>
  );
}
