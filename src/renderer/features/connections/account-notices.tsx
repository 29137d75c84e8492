import type { AccountNoticeRow, ConnectionView } from '@astrix/contract';
import { isStopping } from '@astrix/contract/conversations/may-write';
import { useQuery } from '@tanstack/react-query';
import type { ClientView } from '../../../shared/ipc.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, exactOf } from '../../lib/format.ts';
import { allRows } from '../../lib/rows.ts';
import { Part } from '../../ui/page.tsx';

const SHOWN = 20;

const toneOf = (notice: AccountNoticeRow, now: Date) =>
  isStopping(notice, now) ? 'text-danger' : notice.severity === 'tells' || notice.endedAt ? '' : 'text-waiting';

/** What the provider says about this account: a ban, a restriction, its quality, its limits, its templates. Newest first. */
export function AccountNotices({
  client,
  connection,
}: {
  readonly client: ClientView;
  readonly connection: ConnectionView;
}) {
  const now = useNow(60);
  const rows = useQuery(allRows('accountNotices', client.id)).data ?? [];
  const notices = rows.filter(({ connectionId }) => connectionId === connection.id).slice(0, SHOWN);
  if (notices.length === 0) return null;
  return (
    <Part title="Account notices">
      <ul aria-label="Notices about the account">
        {notices.map(notice => (
          <li key={notice.id} className="grid grid-cols-[1fr_auto] gap-x-3 py-1">
            <span className="min-w-0 break-words">
              <span className={toneOf(notice, now)}>{notice.reason}</span>{' '}
              <span className="text-meta">
                {notice.endedAt ? `Ended ${exactOf(notice.endedAt)}.` : notice.next}
                {notice.until && !notice.endedAt ? ` Until ${exactOf(notice.until)}.` : ''}
              </span>
            </span>
            <time className="text-meta" dateTime={notice.at} title={exactOf(notice.at)}>
              {ago(notice.at, now)}
            </time>
          </li>
        ))}
      </ul>
    </Part>
  );
}
