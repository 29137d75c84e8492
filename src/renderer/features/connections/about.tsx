import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useOnline } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, count, dateTimeOf, exactOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts, Part } from '../../ui/page.tsx';
import { checkNow } from './fix-part.tsx';

/** Facts of the connection, and the actions that are always possible. */
export function About({
  client,
  connection,
  entry,
  onReplace,
}: {
  readonly client: ClientView;
  readonly connection: ConnectionView;
  readonly entry: CatalogueEntry;
  /** Null for a person who may not manage the connection. */
  readonly onReplace: (() => void) | null;
}) {
  const [busy, setBusy] = useState(false);
  const now = useNow(30);
  const online = useOnline();
  const people = usePeople().data ?? [];
  const by = people.find(person => person.id === connection.connectedBy)?.name;
  const { credential, budget, scopes } = connection;
  return (
    <Part title="About this connection">
      <Facts>
        <Fact name="Connected" title={exactOf(connection.connectedAt)}>
          {dateTimeOf(connection.connectedAt)}
          {by ? `, by ${by}` : ''}
        </Fact>
        <Fact name="Last checked" title={connection.lastCheckedAt ? exactOf(connection.lastCheckedAt) : undefined}>
          {connection.lastCheckedAt ? ago(connection.lastCheckedAt, now) : 'Not checked yet'}
        </Fact>
        <Fact name="Expires" title={connection.accessEndsAt ? exactOf(connection.accessEndsAt) : undefined}>
          {connection.accessEndsAt ? dateTimeOf(connection.accessEndsAt) : 'Never'}
        </Fact>
        {credential ? (
          <Fact name={entry.connects === 'key' ? 'Key' : 'Token'} title={`Fingerprint ${credential.fingerprint}`}>
            {credential.last4 ? (
              <>
                <span className="mask">••••{credential.last4}</span> ·{' '}
              </>
            ) : null}
            {credential.ageDays === 0
              ? 'added today'
              : `${count(credential.ageDays)} ${credential.ageDays === 1 ? 'day' : 'days'} old`}
            {credential.stale ? <span className="text-waiting"> · replace soon</span> : null}
          </Fact>
        ) : null}
        <Fact name="Rate limit">
          {budget === null ? (
            <span className="text-meta">Not used yet</span>
          ) : budget.pausedSeconds > 0 ? (
            <span className="text-waiting">
              Limited by {entry.name} for {count(budget.pausedSeconds)} s
            </span>
          ) : (
            `${count(budget.left)} of ${count(budget.of)} calls available`
          )}
        </Fact>
        {scopes.missing.length > 0 ? (
          <Fact name="Missing permissions">
            <span className="text-waiting break-all">{scopes.missing.join(', ')}</span>
          </Fact>
        ) : null}
        {scopes.extra.length > 0 ? (
          <Fact name="Unused permissions">
            <span className="break-all">{scopes.extra.join(', ')}</span>
          </Fact>
        ) : null}
      </Facts>
      {onReplace ? (
        <div className="flex flex-wrap gap-2 pt-3">
          <Button
            disabled={busy || !online}
            onClick={() => {
              setBusy(true);
              void checkNow(client, connection).finally(() => setBusy(false));
            }}
          >
            {busy ? `Checking ${entry.name}…` : 'Check now'}
          </Button>
          {entry.connects === 'key' ? (
            <Button disabled={!online} onClick={onReplace}>
              Replace the key
            </Button>
          ) : null}
        </div>
      ) : null}
      {online ? null : (
        <p className="inline-flex items-center gap-1.5 text-meta">
          <RefreshCw size={12} aria-hidden /> Offline: showing saved data.
        </p>
      )}
    </Part>
  );
}
