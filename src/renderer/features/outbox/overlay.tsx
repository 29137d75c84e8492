import { CloudUpload, Send, TriangleAlert } from 'lucide-react';
import type { ClientView, OutboxItem } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { exactOf, shortOf } from '../../lib/format.ts';
import { defineOverlay, type OverlayProps } from '../../lib/overlay.ts';
import { useOutbox } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { discard } from '../../ui/discard.ts';
import { ClientMark, Empty, Failed } from '../../ui/parts.tsx';

/** Every write that has not reached the server yet, and every refused one on which a person has to decide. */
function Outbox({ clients, go, onClose }: OverlayProps) {
  const online = useAppState(state => state.sync?.connection === 'online');
  const outbox = useOutbox(true);
  const items = outbox.data ?? [];
  return (
    <Dialog open onClose={onClose} title="Outbox" wide>
      <div className="scroll min-h-44">
        {outbox.isError ? <Failed error={outbox.error} onRetry={() => void outbox.refetch()} /> : null}
        {outbox.data && items.length === 0 ? (
          <Empty icon={<Send size={22} />} title="All sent">
            Replies and changes that you make offline wait here until you are online.
          </Empty>
        ) : null}
        <ul>
          {items.map(item => {
            const open = go.toRow(item.subject, item.clientId, item.subjectId);
            return (
              <Item
                key={item.id}
                item={item}
                online={online}
                client={clients.find(client => client.id === item.clientId)}
                onOpen={
                  open &&
                  (() => {
                    onClose();
                    open();
                  })
                }
              />
            );
          })}
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
  /** Null where no screen shows what was changed. */
  readonly onOpen: (() => void) | null;
}) {
  const now = useNow(30);
  const refused = item.state === 'refused';
  return (
    <li className="flex items-start gap-3 border-b border-line px-5 py-3">
      {client ? <ClientMark client={client} size={26} /> : null}
      <div className="min-w-0 flex-1">
        <p className="text-meta text-meta">
          {item.label}
          {item.customer === null ? null : (
            <>
              {' to '}
              <b className="font-medium text-text">
                <bdi>{item.customer}</bdi>
              </b>
            </>
          )}{' '}
          · <bdi>{client?.name ?? 'A client you no longer have access to'}</bdi> ·{' '}
          <time dateTime={item.createdAt} title={exactOf(item.createdAt)}>
            {shortOf(item.createdAt, now)}
          </time>
        </p>
        <p className="line-clamp-2 break-words" dir="auto">
          {item.summary}
        </p>
        <p className={`mt-0.5 flex items-center gap-1.5 ${refused ? 'text-danger' : 'text-waiting'}`}>
          {refused ? <TriangleAlert size={13} aria-hidden /> : <CloudUpload size={13} aria-hidden />}
          {refused
            ? `${item.refusal?.reason}. ${item.refusal?.next}`
            : item.state === 'sending'
              ? 'Sending'
              : online
                ? 'Waiting to send'
                : 'Will be sent when online'}
        </p>
      </div>
      <div className="flex gap-1.5">
        {onOpen ? <Button onClick={onOpen}>Open</Button> : null}
        {item.state === 'sending' ? null : (
          <Button look="quiet" onClick={() => discard(item)}>
            Discard
          </Button>
        )}
      </div>
    </li>
  );
}

export const overlay = defineOverlay({
  id: 'outbox',
  order: 40,
  shortcut: { keys: 'mod+shift+o', says: 'Outbox' },
  palette: { label: 'Outbox', icon: <Send size={16} /> },
  Overlay: Outbox,
});
