import { Laptop } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ClientView, DeviceSession, Settings } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, clockOf, dateTimeOf, minutesOf } from '../../lib/format.ts';
import type { OverlayProps } from '../../lib/overlay.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { Switch } from '../../ui/switch.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { savePreference, usePreference, useSessions } from './queries.ts';

const set = (change: Partial<Settings>) => void ask(bridge.settings.set(change)).catch(complain);

/** Settings of this person: appearance, writing, notifications, sessions. */
export function SettingsDialog({ client, onClose }: OverlayProps) {
  const settings = useAppState(state => state.settings);
  const info = useAppState(state => state.info);
  const server = useAppState(state => state.backend?.address);
  if (!settings) return null;
  return (
    <Dialog open onClose={onClose} title="Settings" wide>
      <div className="scroll flex flex-col">
        <Section title="Appearance">
          <Choice
            label="Theme"
            value={settings.theme}
            options={[
              ['system', 'System'],
              ['light', 'Light'],
              ['dark', 'Dark'],
              ['contrast', 'High contrast'],
            ]}
            onPick={theme => set({ theme })}
          />
        </Section>
        <Section title="Writing">
          <Choice
            label="Send with"
            value={settings.sendWith}
            options={[
              ['enter', 'Enter'],
              ['mod-enter', 'Ctrl+Enter or ⌘Enter'],
            ]}
            onPick={sendWith => set({ sendWith })}
          />
        </Section>
        <Section title="Notifications">
          <Switch
            label="Show desktop notifications"
            on={settings.notifications}
            onChange={notifications => set({ notifications })}
          />
          <Switch
            label="Keep running in the tray when the window is closed"
            on={settings.keepRunningInTray}
            onChange={keepRunningInTray => set({ keepRunningInTray })}
          />
          {client ? <ClientPreference key={client.id} client={client} /> : null}
        </Section>
        <Section title="Sessions and devices">
          <Sessions />
        </Section>
        <p className="px-5 py-3 text-meta text-meta">
          Astrix Console {info?.version} on {info?.platform}
          {info?.shell === 'stand-in' ? ', in the browser' : ''}. Server: {server}. This console sends no telemetry.
        </p>
      </div>
    </Dialog>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3 border-b border-line px-5 py-4">
      <h3 className="font-bold">{title}</h3>
      {children}
    </section>
  );
}

/** How this person is notified about the client on screen. The server keeps it, so it applies on every computer of the person. */
function ClientPreference({ client }: { readonly client: ClientView }) {
  const kept = usePreference(client.id).data;
  const save = (change: { muted?: boolean; quietFrom?: number | null; quietTo?: number | null }) => {
    const next = {
      muted: kept?.muted ?? false,
      quietFrom: kept?.quietFrom ?? null,
      quietTo: kept?.quietTo ?? null,
      ...change,
    };
    void savePreference(client.id, next).then(() => toast(`Saved for ${client.name}`), complain);
  };
  const quiet = kept?.quietFrom !== null && kept?.quietFrom !== undefined;
  return (
    <fieldset className="flex flex-col gap-2.5 rounded-md border border-line px-4 py-3">
      <legend className="px-1 font-medium">{client.name}</legend>
      <Switch label="Mute notifications of this client" on={kept?.muted ?? false} onChange={muted => save({ muted })} />
      <Switch
        label="Quiet hours"
        on={quiet}
        onChange={on => save(on ? { quietFrom: 1260, quietTo: 540 } : { quietFrom: null, quietTo: null })}
      />
      {quiet ? (
        <div className="flex items-center gap-2 pl-6.5 text-meta">
          from{' '}
          <TimeField label="Quiet from" value={kept?.quietFrom ?? 1260} onPick={quietFrom => save({ quietFrom })} /> to{' '}
          <TimeField label="Quiet to" value={kept?.quietTo ?? 540} onPick={quietTo => save({ quietTo })} /> IST
        </div>
      ) : null}
    </fieldset>
  );
}

function TimeField({
  label,
  value,
  onPick,
}: {
  readonly label: string;
  readonly value: number;
  readonly onPick: (minutes: number) => void;
}) {
  return (
    <input
      type="time"
      aria-label={label}
      className="field h-7 w-24"
      defaultValue={clockOf(value)}
      onBlur={event => {
        const minutes = minutesOf(event.target.value);
        if (minutes !== null && minutes !== value) onPick(minutes);
      }}
    />
  );
}

function Sessions() {
  const account = useAppState(state => state.account);
  const mayAll = account.status === 'signed-in' && account.permissions.includes('session.any');
  const [all, setAll] = useState(false);
  const now = useNow(30);
  const sessions = useSessions(all);
  const end = (session: DeviceSession) =>
    void ask(bridge.account.endSession({ sessionId: session.id })).then(() => {
      toast(`Session on ${session.deviceName} ended`);
      void sessions.refetch();
    }, complain);
  return (
    <>
      {mayAll ? <Switch label="Show all sessions of the agency" on={all} onChange={setAll} /> : null}
      {sessions.isPending ? <Waiting what="Loading…" /> : null}
      {sessions.isError ? <Failed error={sessions.error} onRetry={() => void sessions.refetch()} /> : null}
      <ul className="flex flex-col">
        {(sessions.data ?? []).map(session => (
          <li key={session.id} className="flex items-center gap-3 border-t border-line py-2.5 first:border-0">
            <Laptop size={18} className="text-meta" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">
                {session.deviceName}
                {all ? <span className="font-normal text-meta"> · {session.personName}</span> : null}
              </span>
              <span className="block text-meta text-meta">
                {session.current ? 'This computer' : `Active ${ago(session.lastSeenAt, now)}`} · since{' '}
                {dateTimeOf(session.createdAt)}
              </span>
            </span>
            {session.current ? null : <Button onClick={() => end(session)}>End session</Button>}
          </li>
        ))}
      </ul>
    </>
  );
}
