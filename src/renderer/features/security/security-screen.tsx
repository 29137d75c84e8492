import { KeyRound, Laptop, Smartphone } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { DeviceSession } from '../../../shared/ipc.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, count, dateTimeOf, exactOf } from '../../lib/format.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Skeleton } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { AddAuthenticator } from './add-authenticator.tsx';
import { PasswordForm } from './password-form.tsx';
import { type OwnSecurity, useLookAgain, useOwnSessions, useSecurity } from './queries.ts';
import { RecoveryCodesDialog } from './recovery-codes.tsx';
import { givenWords, systemWords } from './words.ts';

/** Fewer codes than this, and the page asks to make new ones. */
const FEW_CODES = 4;

/** Password, factors, recovery codes and sessions of the person who is signed in. */
export function SecurityScreen() {
  const security = useSecurity();
  if (security.isError && !security.data) {
    return <Failed error={security.error} onRetry={() => void security.refetch()} />;
  }
  if (!security.data) return <Skeleton rows={8} what="Asking the server about your account…" />;
  const { data } = security;
  return (
    <div className="scroll h-full">
      <div className="mx-auto flex max-w-3xl flex-col pb-10">
        {data.recovery ? <RecoveryUnderWay recovery={data.recovery} /> : null}
        <Factors security={data} />
        <Section title="Password">
          <PasswordForm hasPassword={data.hasPassword} onChanged={() => void security.refetch()} />
        </Section>
        <Sessions />
        <SignIns signIns={data.signIns} />
      </div>
    </div>
  );
}

function Section({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-3 border-b border-line px-6 py-5" aria-label={title}>
      <div>
        <h2 className="font-bold">{title}</h2>
        {about ? <p className="text-meta">{about}</p> : null}
      </div>
      {children}
    </section>
  );
}

/** Somebody takes the account over, or helps: the person can stop it. */
function RecoveryUnderWay({ recovery }: { readonly recovery: NonNullable<OwnSecurity['recovery']> }) {
  const lookAgain = useLookAgain();
  const cancel = () =>
    void change('identity.cancel-own-recovery', null, {}).then(() => {
      toast('The recovery was cancelled');
      lookAgain();
    }, complain);
  return (
    <div role="alert" className="m-6 mb-0 flex items-center gap-4 rounded-md bg-danger-ground px-4 py-3 text-danger">
      <p className="flex-1">
        <span className="font-medium">A recovery of your account was started.</span> From{' '}
        <time dateTime={recovery.readyAt} title={exactOf(recovery.readyAt)}>
          {dateTimeOf(recovery.readyAt)}
        </time>{' '}
        on, whoever has the link can set a new password. Cancel it if you did not ask for it.
      </p>
      <Button onClick={cancel}>Cancel the recovery</Button>
    </div>
  );
}

type Factor = OwnSecurity['factors'][number];

function Factors({ security }: { readonly security: OwnSecurity }) {
  const { factors, recoveryCodes, needsFactor } = security;
  const lookAgain = useLookAgain();
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Factor | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const renew = () =>
    void change('identity.renew-recovery-codes', null, {}).then(answer => {
      setCodes(answer.recoveryCodes);
      lookAgain();
    }, complain);
  const addPasskey = () =>
    void ask(bridge.account.addPasskey()).then(
      () => toast('Set up the passkey in your browser, then come back.'),
      complain,
    );
  const isLast = needsFactor && factors.length === 1;
  return (
    <>
      <Section
        title="Authenticators and passkeys"
        about={
          needsFactor
            ? 'Your role needs at least one of them.'
            : 'They protect your account when somebody knows your password.'
        }
      >
        {factors.length === 0 ? <p className="text-meta">None yet. Add an authenticator app or a passkey.</p> : null}
        <ul className="flex flex-col rounded-md border border-line empty:hidden">
          {factors.map(factor => (
            <li key={factor.id} className="flex items-center gap-3 border-t border-line px-3 py-2 first:border-0">
              {factor.kind === 'totp' ? (
                <Smartphone size={18} className="text-meta" aria-hidden />
              ) : (
                <KeyRound size={18} className="text-meta" aria-hidden />
              )}
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{factor.label}</span>
                <span className="block text-meta">
                  {factor.kind === 'totp' ? 'Authenticator app' : 'Passkey'} · added {dateTimeOf(factor.createdAt)} ·{' '}
                  {factor.lastUsedAt ? `last used ${dateTimeOf(factor.lastUsedAt)}` : 'not used yet'}
                </span>
              </span>
              <Button
                disabled={isLast}
                title={isLast ? 'Add another one before you remove this one.' : undefined}
                aria-label={`Remove ${factor.label}`}
                onClick={() => setRemoving(factor)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setAdding(true)}>Add an authenticator app</Button>
          <Button onClick={addPasskey}>Add a passkey in the browser</Button>
        </div>
      </Section>
      <Section title="Recovery codes" about="Each code signs you in once when no authenticator or passkey is at hand.">
        <p className={recoveryCodes < FEW_CODES ? 'text-waiting' : undefined}>
          {recoveryCodes === 1
            ? '1 code is left.'
            : `${recoveryCodes === 0 ? 'No' : count(recoveryCodes)} codes are left.`}
          {recoveryCodes < FEW_CODES && factors.length > 0 ? ' Make new ones now.' : ''}
        </p>
        <Button className="self-start" disabled={factors.length === 0} onClick={renew}>
          Make ten new codes
        </Button>
      </Section>
      {isAdding ? (
        <AddAuthenticator
          onClose={() => setAdding(false)}
          onAdded={added => {
            setAdding(false);
            setCodes(added);
            toast('Authenticator added. Your other sessions have ended.');
            lookAgain();
          }}
        />
      ) : null}
      {removing ? <RemoveFactor factor={removing} onClose={() => setRemoving(null)} /> : null}
      {codes ? <RecoveryCodesDialog codes={codes} onSaved={() => setCodes(null)} /> : null}
    </>
  );
}

function RemoveFactor({ factor, onClose }: { readonly factor: Factor; readonly onClose: () => void }) {
  const lookAgain = useLookAgain();
  const remove = () =>
    void change('identity.remove-factor', null, { params: { factorId: factor.id } }).then(() => {
      toast(`${factor.label} removed. Your other sessions have ended.`);
      onClose();
      lookAgain();
    }, complain);
  return (
    <Dialog open onClose={onClose} title={`Remove ${factor.label}`}>
      <div className="flex flex-col gap-4 p-5">
        <p>It no longer signs you in, and your other sessions end.</p>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" onClick={remove}>
            Remove
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Sessions() {
  const sessions = useOwnSessions();
  const lookAgain = useLookAgain();
  const now = useNow(30);
  const end = (session: DeviceSession) =>
    void ask(bridge.account.endSession({ sessionId: session.id })).then(() => {
      toast(`Session on ${session.deviceName} ended`);
      lookAgain();
    }, complain);
  return (
    <Section title="Devices and sessions" about="End what you do not know, and change your password then.">
      {sessions.isPending ? <Skeleton rows={2} what="Loading…" /> : null}
      {sessions.isError ? <Failed error={sessions.error} onRetry={() => void sessions.refetch()} /> : null}
      <ul className="flex flex-col rounded-md border border-line empty:hidden">
        {(sessions.data ?? []).map(session => (
          <li key={session.id} className="flex items-center gap-3 border-t border-line px-3 py-2 first:border-0">
            <Laptop size={18} className="text-meta" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{session.deviceName}</span>
              <span className="block text-meta">
                {systemWords(session.platform)} ·{' '}
                {session.current ? 'this computer' : `active ${ago(session.lastSeenAt, now)}`} · since{' '}
                {dateTimeOf(session.createdAt)}
              </span>
            </span>
            {session.current ? null : (
              <Button aria-label={`End session on ${session.deviceName}`} onClick={() => end(session)}>
                End session
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const HEADS = [{ head: 'Time' }, { head: 'Device' }, { head: 'Network' }, { head: 'With' }] as const;

function SignIns({ signIns }: { readonly signIns: OwnSecurity['signIns'] }) {
  return (
    <Section
      title="Last sign-ins"
      about="The last 50. The network is shown without the part that tells one computer from the next."
    >
      {signIns.length === 0 ? (
        <p className="text-meta">No sign-in was recorded yet.</p>
      ) : (
        <Table label="Last sign-ins" heads={HEADS}>
          {signIns.map(signIn => (
            <tr key={signIn.sessionId}>
              <td className="whitespace-nowrap" title={exactOf(signIn.at)}>
                {dateTimeOf(signIn.at)}
              </td>
              <td>
                {signIn.deviceName} <span className="text-meta">{systemWords(signIn.platform)}</span>
              </td>
              <td className="tabular-nums">{signIn.network ?? <span className="text-meta">not recorded</span>}</td>
              <td>{givenWords(signIn.given)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
