import type { InvitationRow, SentInvitation } from '@astrix/contract';
import { useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, exactOf } from '../../lib/format.ts';
import { refreshRoutes } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Chip, Failed, Skeleton } from '../../ui/parts.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { useInvitations } from './queries.ts';
import { Sent } from './sent.tsx';
import { ROLE } from './words.ts';

const STATE = {
  open: { label: 'Waiting', tone: 'waiting' },
  expired: { label: 'Expired', tone: 'plain' },
  accepted: { label: 'Joined', tone: 'done' },
  revoked: { label: 'Revoked', tone: 'plain' },
} as const;

/** The invitations of the last 30 days. */
export function Invitations() {
  const invitations = useInvitations();
  const online = useOnline();
  const now = useNow(30);
  const [busy, setBusy] = useState<string | null>(null);
  const [sent, setSent] = useState<SentInvitation | null>(null);
  if (invitations.isPending) return <Skeleton rows={6} what="Loading invitations…" />;
  if (invitations.isError) return <Failed error={invitations.error} onRetry={() => void invitations.refetch()} />;
  const run = async (id: string, request: () => Promise<void>) => {
    setBusy(id);
    await request().catch(complain);
    await refreshRoutes('people');
    setBusy(null);
  };
  const resend = ({ id }: InvitationRow) =>
    run(id, async () => setSent(await change('people.resend-invitation', null, { params: { invitationId: id } })));
  const revoke = ({ id, email }: InvitationRow) =>
    run(id, async () => {
      await change('people.revoke-invitation', null, { params: { invitationId: id } });
      toast(`The invitation of ${email} is revoked. Its link is dead.`);
    });
  return (
    <>
      {invitations.data.length === 0 ? (
        <p className="px-6 py-10 text-center text-meta">Nobody was invited in the last 30 days.</p>
      ) : (
        <ul className="mx-6 mt-4 mb-6 flex flex-col rounded-md border border-line bg-panel">
          {invitations.data.map(invitation => {
            const { id, email, role, state, sentAt, validUntil, isUnclaimed } = invitation;
            const canResend = state === 'open' || state === 'expired';
            return (
              <li
                key={id}
                className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-t border-line px-3 py-2 first:border-0"
              >
                <div className="min-w-56 flex-1">
                  <span className="block truncate font-medium" title={email}>
                    {email}
                  </span>
                  <span className="block text-meta">
                    {ROLE[role].label} · sent {ago(sentAt, now)}
                    {state === 'open' ? ` · until ${exactOf(validUntil)}` : ''}
                  </span>
                </div>
                {isUnclaimed && state === 'open' ? <Chip tone="danger">Nobody came for a day</Chip> : null}
                <Chip tone={STATE[state].tone}>{STATE[state].label}</Chip>
                <Button disabled={!canResend || !online || busy !== null} onClick={() => void resend(invitation)}>
                  {busy === id ? 'Sending…' : 'Send again'}
                </Button>
                <Button disabled={state !== 'open' || !online || busy !== null} onClick={() => void revoke(invitation)}>
                  Revoke
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {sent ? (
        <Dialog open onClose={() => setSent(null)} title="Invitation sent again">
          <Sent sent={sent} onClose={() => setSent(null)} />
        </Dialog>
      ) : null}
    </>
  );
}
