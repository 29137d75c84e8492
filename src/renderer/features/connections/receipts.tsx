import type { CatalogueEntry, DisconnectReceipt } from '@astrix/contract';
import { Check, Circle, CircleAlert, CircleCheck, ExternalLink, ReceiptText } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { count, dateTimeOf, exactOf, timeOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { PageHead, Part } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { complain } from '../../ui/toast.tsx';
import { Condition } from './parts.tsx';
import { keepReceipt, useReceipts } from './queries.ts';
import { REMOVE_AT, type StatusLabel, secretWords } from './words.ts';

type Props = {
  readonly client: ClientView;
  readonly entries: readonly CatalogueEntry[];
  readonly onOpen: (at: string | null) => void;
  /** Shows only the receipt of this connection. */
  readonly connectionId?: string;
};

const HEADS = [{ head: 'System' }, { head: 'Account' }, { head: 'Disconnected' }, { head: 'Status' }] as const;

function stateOf(receipt: DisconnectReceipt): StatusLabel {
  if (receipt.revocation === 'by-hand') return { tone: 'waiting', word: 'Action needed' };
  return receipt.finishedAt ? { tone: 'done', word: 'Finished' } : { tone: 'waiting', word: 'In progress' };
}

/** The receipts of disconnected accounts, with their progress. A receipt stays after all other data of the connection is deleted. */
export function ReceiptsPage({ client, entries, onOpen, connectionId }: Props) {
  const receipts = useReceipts(client.id);
  const manage = useMay('connection.manage');
  const nameOf = (provider: string) => entries.find(entry => entry.id === provider)?.name ?? provider;
  if (receipts.isPending) return <Skeleton rows={6} what="Loading receipts…" />;
  if (receipts.isError) return <Failed error={receipts.error} onRetry={() => void receipts.refetch()} />;
  if (connectionId !== undefined) {
    const receipt = receipts.data.find(one => one.connectionId === connectionId);
    return receipt ? (
      <Receipt
        receipt={receipt}
        name={nameOf(receipt.provider)}
        onAll={() => onOpen('receipts')}
        onRemoved={
          manage
            ? async () =>
                keepReceipt(
                  client.id,
                  await change('connections.confirm-removed', client.id, {
                    params: { clientId: client.id, connectionId: receipt.connectionId },
                  }),
                )
            : null
        }
      />
    ) : (
      <Empty icon={<ReceiptText size={24} />} title="Connection not found">
        It was disconnected, or you do not have access to it.
      </Empty>
    );
  }
  return (
    <>
      <PageHead icon={<ReceiptText size={16} className="text-meta" aria-hidden />} title="Receipts">
        Disconnected accounts of {client.name}.
      </PageHead>
      {receipts.data.length === 0 ? (
        <div className="border-t border-line py-6">
          <Empty icon={<ReceiptText size={24} />} title="No receipts yet">
            After you disconnect an account, its receipt shows what was revoked and deleted, and when.
          </Empty>
        </div>
      ) : (
        <div className="px-6 pb-6">
          <Table label="Receipts" heads={HEADS}>
            {receipts.data.map(receipt => (
              <tr key={receipt.id}>
                <td>{nameOf(receipt.provider)}</td>
                <td className="max-w-64">
                  <button
                    type="button"
                    onClick={() => onOpen(receipt.connectionId)}
                    className="max-w-full truncate rounded-sm text-left font-medium hover:text-accent hover:underline"
                  >
                    {receipt.accountName}
                  </button>
                </td>
                <td title={exactOf(receipt.localEndedAt)}>{dateTimeOf(receipt.localEndedAt)}</td>
                <td>
                  <Condition label={stateOf(receipt)} />
                </td>
              </tr>
            ))}
          </Table>
        </div>
      )}
    </>
  );
}

function revocationWords({ revocation, byHand, revokeAttempts, nextAttemptAt }: DisconnectReceipt, now: Date): string {
  if (revocation === 'by-hand') return byHand;
  if (revocation === 'kept')
    return 'Other connections use the same sign-in. Access is revoked when the last of them is disconnected.';
  if (revocation === 'revoked' && byHand !== '') return 'Marked as removed by a colleague.';
  if (revocation === 'revoked') return revokeAttempts > 1 ? `After ${count(revokeAttempts)} attempts.` : '';
  const tried =
    revokeAttempts === 0
      ? 'Not tried yet'
      : `Tried ${count(revokeAttempts)} ${revokeAttempts === 1 ? 'time' : 'times'}`;
  const seconds = nextAttemptAt ? Math.max(0, Math.round((Date.parse(nextAttemptAt) - now.getTime()) / 1000)) : null;
  const again =
    seconds === null || nextAttemptAt === null
      ? ''
      : `, next attempt ${seconds < 60 ? `in ${seconds} s` : `at ${timeOf(nextAttemptAt)}`}`;
  return `${tried}${again}. Astrix keeps trying; no action needed.`;
}

/** The steps of a disconnect: done, in progress, or left to a person. */
function Receipt({
  receipt,
  name,
  onAll,
  onRemoved,
}: {
  readonly receipt: DisconnectReceipt;
  readonly name: string;
  readonly onAll: () => void;
  /** Records that a person removed the access at the provider. Null for a person who may not. */
  readonly onRemoved: (() => Promise<void>) | null;
}) {
  const [busy, setBusy] = useState(false);
  const removeAt = REMOVE_AT[receipt.provider];
  const removed = async (record: () => Promise<void>) => {
    setBusy(true);
    await record().catch(complain);
    setBusy(false);
  };
  const now = useNow(5);
  const by = (usePeople().data ?? []).find(person => person.id === receipt.requestedBy)?.name;
  const { revocation, revokedAt, keyDestroyedAt, finishedAt } = receipt;
  return (
    <>
      <PageHead
        icon={<ReceiptText size={16} className="text-meta" aria-hidden />}
        title={`${receipt.accountName} disconnected`}
        marks={<Condition label={stateOf(receipt)} />}
        actions={<Button onClick={onAll}>All receipts</Button>}
      >
        {name} · {dateTimeOf(receipt.localEndedAt)}
        {by ? `, by ${by}` : ''}
      </PageHead>
      <Part title="What happened">
        <ol className="flex flex-col gap-3">
          <Step done={receipt.localEndedAt} title="Connection stopped">
            No data was read or sent after this time.
          </Step>
          <Step
            done={revocation === 'revoked' ? revokedAt : revocation === 'kept' ? finishedAt : null}
            asks={revocation === 'by-hand'}
            title={
              {
                revoked: receipt.byHand === '' ? `Access revoked at ${name}` : `Astrix removed in ${name}`,
                'by-hand': `Remove Astrix in ${name}`,
                pending: `Revoking access at ${name}`,
                kept: `Access at ${name} is used by other connections`,
              }[revocation]
            }
          >
            {revocationWords(receipt, now)}
          </Step>
          {revocation === 'by-hand' ? (
            <li className="flex flex-wrap gap-2 pl-7">
              {removeAt ? (
                <Button onClick={() => void ask(bridge.app.openLink({ url: removeAt })).catch(complain)}>
                  <ExternalLink size={14} aria-hidden /> Open {new URL(removeAt).host}
                </Button>
              ) : null}
              {onRemoved ? (
                <Button disabled={busy} onClick={() => void removed(onRemoved)}>
                  <Check size={14} aria-hidden /> Mark as removed
                </Button>
              ) : null}
            </li>
          ) : null}
          <Step
            done={keyDestroyedAt}
            title={keyDestroyedAt ? 'The key was deleted' : 'The key is deleted after access is revoked'}
          >
            {receipt.secrets.length > 0 ? `Deleted: ${secretWords(receipt.secrets)}.` : ''}
          </Step>
          <Step
            done={finishedAt}
            title={`${finishedAt ? 'Saved data deleted' : 'Deleting saved data'}: ${count(receipt.purgedRecords)} ${receipt.purgedRecords === 1 ? 'record' : 'records'}`}
          >
            {finishedAt ? 'Only this receipt is kept.' : 'No action needed.'}
          </Step>
        </ol>
      </Part>
      <Part title="Reference">
        <code className="text-meta select-all">{receipt.id}</code>
      </Part>
    </>
  );
}

function Step({
  done,
  asks = false,
  title,
  children,
}: {
  readonly done: string | null;
  readonly asks?: boolean;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <li className="flex gap-3">
      {done ? (
        <CircleCheck size={16} className="mt-0.5 shrink-0 text-done" aria-label="Done" />
      ) : asks ? (
        <CircleAlert size={16} className="mt-0.5 shrink-0 text-waiting" aria-label="Action needed" />
      ) : (
        <Circle size={16} className="mt-0.5 shrink-0 text-meta" aria-label="Not yet" />
      )}
      <div className="min-w-0">
        <p className="font-medium">
          {title}
          {done ? (
            <time dateTime={done} title={exactOf(done)} className="ml-2 font-normal text-meta">
              {dateTimeOf(done)}
            </time>
          ) : null}
        </p>
        {children ? <p className="max-w-[64ch] text-meta">{children}</p> : null}
      </div>
    </li>
  );
}
