import type { CatalogueEntry, DisconnectReceipt } from '@astrix/contract';
import { Circle, CircleAlert, CircleCheck, ReceiptText } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useNow } from '../../lib/clock.ts';
import { count, dateTimeOf, exactOf, timeOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, Skeleton } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Condition, PageHead, Part } from './parts.tsx';
import { useReceipts } from './queries.ts';
import { type StatusLabel, secretWords } from './words.ts';

type Props = {
  readonly client: ClientView;
  readonly entries: readonly CatalogueEntry[];
  readonly onOpen: (at: string | null) => void;
  /** Shows only the receipt of this connection. */
  readonly connectionId?: string;
};

const HEADS = [{ head: 'System' }, { head: 'Account' }, { head: 'Ended' }, { head: 'State' }] as const;

function stateOf(receipt: DisconnectReceipt): StatusLabel {
  if (receipt.revocation === 'by-hand') return { tone: 'waiting', word: 'One thing is left for you' };
  return receipt.finishedAt ? { tone: 'done', word: 'Finished' } : { tone: 'waiting', word: 'Being finished' };
}

/** The receipts of disconnected accounts, with their progress. A receipt stays after all other data of the connection is deleted. */
export function ReceiptsPage({ client, entries, onOpen, connectionId }: Props) {
  const receipts = useReceipts(client.id);
  const nameOf = (provider: string) => entries.find(entry => entry.id === provider)?.name ?? provider;
  if (receipts.isPending) return <Skeleton rows={6} what="Reading the receipts…" />;
  if (receipts.isError) return <Failed error={receipts.error} onRetry={() => void receipts.refetch()} />;
  if (connectionId !== undefined) {
    const receipt = receipts.data.find(one => one.connectionId === connectionId);
    return receipt ? (
      <Receipt receipt={receipt} name={nameOf(receipt.provider)} onAll={() => onOpen('receipts')} />
    ) : (
      <Empty icon={<ReceiptText size={24} />} title="This connection is not here any more">
        It was disconnected, or it belongs to another client.
      </Empty>
    );
  }
  return (
    <>
      <PageHead icon={<ReceiptText size={16} className="text-meta" aria-hidden />} title="Receipts">
        What was disconnected for {client.name}, and what became of it.
      </PageHead>
      {receipts.data.length === 0 ? (
        <div className="border-t border-line py-6">
          <Empty icon={<ReceiptText size={24} />} title="Nothing has been disconnected">
            When a connection is ended, its receipt says here what was revoked, destroyed and deleted, and when.
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
    return 'They stand on the same sign-in there. It is revoked together with the last of them.';
  if (revocation === 'revoked') return revokeAttempts > 1 ? `After ${count(revokeAttempts)} tries.` : '';
  const tried =
    revokeAttempts === 0
      ? 'Not tried yet'
      : `Tried ${count(revokeAttempts)} ${revokeAttempts === 1 ? 'time' : 'times'}`;
  const seconds = nextAttemptAt ? Math.max(0, Math.round((Date.parse(nextAttemptAt) - now.getTime()) / 1000)) : null;
  const again =
    seconds === null || nextAttemptAt === null
      ? ''
      : `, again ${seconds < 60 ? `in ${seconds} s` : `at ${timeOf(nextAttemptAt)}`}`;
  return `${tried}${again}. It is tried until it is done; you need not wait.`;
}

/** The steps of a disconnect: done, in progress, or left to a person. */
function Receipt({
  receipt,
  name,
  onAll,
}: {
  readonly receipt: DisconnectReceipt;
  readonly name: string;
  readonly onAll: () => void;
}) {
  const now = useNow(5);
  const by = (usePeople().data ?? []).find(person => person.id === receipt.requestedBy)?.name;
  const { revocation, revokedAt, keyDestroyedAt, finishedAt } = receipt;
  return (
    <>
      <PageHead
        icon={<ReceiptText size={16} className="text-meta" aria-hidden />}
        title={`${receipt.accountName} is disconnected`}
        marks={<Condition label={stateOf(receipt)} />}
        actions={<Button onClick={onAll}>All receipts</Button>}
      >
        {name} · {dateTimeOf(receipt.localEndedAt)}
        {by ? `, by ${by}` : ''}
      </PageHead>
      <Part title="What happened">
        <ol className="flex flex-col gap-3">
          <Step done={receipt.localEndedAt} title="It is not used any more">
            Nothing was read or sent through it from this moment on.
          </Step>
          <Step
            done={revocation === 'revoked' ? revokedAt : revocation === 'kept' ? finishedAt : null}
            asks={revocation === 'by-hand'}
            title={
              {
                revoked: `Access was revoked at ${name}`,
                'by-hand': `Access at ${name} has to be ended by you`,
                pending: `Access is being revoked at ${name}`,
                kept: `Access at ${name} stays for other connections`,
              }[revocation]
            }
          >
            {revocationWords(receipt, now)}
          </Step>
          <Step
            done={keyDestroyedAt}
            title={keyDestroyedAt ? 'The key was destroyed' : 'The key is kept until access is revoked, then destroyed'}
          >
            {receipt.secrets.length > 0
              ? `Sealed with it, and unreadable from then on: ${secretWords(receipt.secrets)}.`
              : ''}
          </Step>
          <Step
            done={finishedAt}
            title={`${finishedAt ? 'What was kept of it is deleted' : 'What was kept of it is being deleted'}: ${count(receipt.purgedRecords)} ${receipt.purgedRecords === 1 ? 'record' : 'records'}`}
          >
            {finishedAt ? 'Nothing of it is left but this receipt.' : 'This goes on by itself.'}
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
        <CircleAlert size={16} className="mt-0.5 shrink-0 text-waiting" aria-label="For you to do" />
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
