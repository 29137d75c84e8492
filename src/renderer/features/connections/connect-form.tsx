import { useState } from 'react';
import { useMay } from '../../lib/app-state.ts';
import type { ConnectProps } from './connect-props.ts';
import { KeyForm } from './key-form.tsx';
import { OAuthSteps } from './oauth-steps.tsx';
import { useConnect } from './queries.ts';

/** Asks whether the connection is for one client or for all, and shows the form of the provider's way to connect. */
export function ConnectForm({ client, entry, connection, onConnected }: ConnectProps) {
  const mayShare = useMay('connection.share') && entry.shareable;
  const state = useConnect(client.id).data ?? null;
  // An open attempt was started for one client or for all, and that choice cannot change during the attempt.
  const begun =
    entry.connects === 'oauth2' &&
    state?.provider === entry.id &&
    (state.now.step === 'waiting' || state.now.step === 'choosing');
  const [shared, setShared] = useState(connection !== null && connection.clientId === null);
  const forWhom = shared ? 'the whole agency' : client.name;
  const way = { client, entry, connection, shared, forWhom, onConnected };
  return (
    <div className="flex max-w-[560px] flex-col gap-4">
      {connection === null && mayShare && !begun ? (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1.5 font-medium">Connect for</legend>
          <Whom checked={!shared} onPick={() => setShared(false)} label={`${client.name} only`}>
            Other clients of the agency cannot use it.
          </Whom>
          <Whom checked={shared} onPick={() => setShared(true)} label="All clients of the agency">
            One shared account. Only owners and admins can disconnect it.
          </Whom>
        </fieldset>
      ) : null}
      {entry.connects === 'key' ? <KeyForm {...way} /> : <OAuthSteps {...way} />}
    </div>
  );
}

function Whom({
  checked,
  onPick,
  label,
  children,
}: {
  readonly checked: boolean;
  readonly onPick: () => void;
  readonly label: string;
  readonly children: string;
}) {
  return (
    <label className="flex items-start gap-2.5">
      <input
        type="radio"
        name="whom"
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
        checked={checked}
        onChange={onPick}
      />
      <span className="min-w-0">
        <span className="break-words">{label}</span>
        <span className="block text-meta">{children}</span>
      </span>
    </label>
  );
}
