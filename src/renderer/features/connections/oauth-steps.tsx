import type { AttemptView } from '@astrix/contract';
import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { timeOf } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/page.tsx';
import { complain } from '../../ui/toast.tsx';
import type { ConnectWayProps } from './connect-props.ts';
import { keepAttempt, refetchList, refreshConnections, useConnect } from './queries.ts';

/** Consent is given in the browser, at the provider. Nothing is connected before a person has confirmed the account here (VT-08). */
export function OAuthSteps(way: ConnectWayProps) {
  const { client, entry, connection, shared, forWhom, onConnected } = way;
  const online = useOnline();
  const state = useConnect(client.id).data ?? null;
  const [busy, setBusy] = useState(false);
  const own =
    state !== null && state.provider === entry.id && state.connectionId === (connection?.id ?? null) ? state : null;

  /** Runs one action at a time. When it fails, the failure is shown and the step stays. */
  async function doing(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    await work().catch(complain);
    setBusy(false);
  }
  const start = () =>
    doing(async () =>
      keepAttempt(
        await ask(
          bridge.connect.start({
            clientId: client.id,
            provider: entry.id,
            shared,
            connectionId: connection?.id ?? null,
          }),
        ),
      ),
    );

  const step = own?.now.step;
  if (own && step === 'waiting') {
    const of = { clientId: client.id, attemptId: own.attemptId };
    return (
      <Notice
        tone="plain"
        title="Continue in your browser"
        action={
          <span className="flex flex-wrap gap-2">
            <Button disabled={busy} onClick={() => void doing(async () => void (await ask(bridge.connect.reopen(of))))}>
              <ExternalLink size={14} aria-hidden /> Open the browser again
            </Button>
            <Button
              disabled={busy}
              onClick={() => void doing(async () => keepAttempt(await ask(bridge.connect.cancel(of))))}
            >
              Cancel
            </Button>
          </span>
        }
      >
        Sign in to {entry.name} in the browser and allow access, then come back here to confirm the account. This
        expires at {timeOf(own.expiresAt)}.
      </Notice>
    );
  }
  if (own && own.now.step === 'choosing')
    return (
      <Choice
        key={own.attemptId}
        way={{ ...way, forWhom: own.shared ? 'the whole agency' : client.name }}
        found={own.now.found}
        busy={busy || !online}
        onConfirm={accountId =>
          void doing(async () => {
            const connected = await ask(
              bridge.connect.confirm({ clientId: client.id, attemptId: own.attemptId, accountId }),
            );
            refreshConnections(client.id);
            await refetchList(client.id);
            onConnected(connected.id);
          })
        }
        onCancel={() =>
          void doing(async () =>
            keepAttempt(await ask(bridge.connect.cancel({ clientId: client.id, attemptId: own.attemptId }))),
          )
        }
      />
    );
  return (
    <>
      {own?.now.step === 'ended' && own.now.code !== 'cancelled' ? (
        <Notice tone={own.now.code === 'failed' ? 'danger' : 'waiting'} title={own.now.reason}>
          {own.now.next}
        </Notice>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" disabled={busy || !online} onClick={() => void start()} className="max-w-full">
          <ExternalLink size={14} aria-hidden />
          <span className="truncate">
            {connection ? `Reconnect ${connection.account.name}` : `Connect ${entry.name} for ${forWhom}`}
          </span>
        </Button>
        <span className="text-meta">Opens {entry.name} in your browser.</span>
      </div>
    </>
  );
}

function Choice({
  way,
  found,
  busy,
  onConfirm,
  onCancel,
}: {
  readonly way: ConnectWayProps;
  readonly found: AttemptView;
  readonly busy: boolean;
  readonly onConfirm: (accountId: string) => void;
  readonly onCancel: () => void;
}) {
  const { entry, connection, forWhom } = way;
  const same = found.accounts.find(one => one.id === connection?.account.id);
  const [picked, setPicked] = useState(
    same?.id ?? (found.accounts.length === 1 ? found.accounts[0]?.id : undefined) ?? null,
  );
  const account = found.accounts.find(one => one.id === picked);
  const why = (scope: string) => entry.scopes.find(one => one.scope === scope)?.why ?? scope;
  return (
    <div className="flex flex-col gap-4 rounded-md border border-line-strong bg-panel p-4">
      <fieldset className="flex flex-col">
        <legend className="mb-1.5 font-medium">
          {found.accounts.length === 1 ? 'Account to connect' : 'Choose the account to connect'}
        </legend>
        <div className="scroll max-h-72">
          {found.accounts.map(one => (
            <label key={one.id} className="flex min-h-9 items-center gap-2.5 rounded-md px-1.5 py-1 hover:bg-hover">
              <input
                type="radio"
                name="account"
                className="size-4 shrink-0 accent-(--accent)"
                checked={one.id === picked}
                onChange={() => setPicked(one.id)}
              />
              <span className="min-w-0">
                <span className="block font-medium break-words">{one.name}</span>
                {one.detail ? <span className="block text-meta text-meta break-words">{one.detail}</span> : null}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {found.missing.length > 0 ? (
        <Notice tone="waiting" title="Some permissions are missing">
          {found.missing.map(why).join(' ')} These features are unavailable; all others work.
        </Notice>
      ) : null}
      {found.extra.length > 0 ? (
        <Notice tone="plain" title="Extra permissions were granted">
          {found.extra.join(', ')}. Astrix does not use them.
        </Notice>
      ) : null}
      {connection && !same ? (
        <Notice tone="danger" title={`${connection.account.name} is not among these accounts`}>
          Cancel, then sign in at {entry.name} with the connected account.
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          disabled={busy || !account}
          onClick={() => account && onConfirm(account.id)}
          className="max-w-full"
        >
          <span className="truncate">
            Connect {account?.name ?? 'an account'} for {forWhom}
          </span>
        </Button>
        <Button disabled={busy} onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
