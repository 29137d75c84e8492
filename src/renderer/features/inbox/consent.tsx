import { Ban, Check } from 'lucide-react';
import { useState } from 'react';
import type { ConversationView } from '../../../shared/ipc.ts';
import { write } from '../../lib/write.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { complain, toast } from '../../ui/toast.tsx';

/** Reason of the record that an undo adds: both stay in the history of consent. */
const UNDONE = 'Recorded by mistake, undone';

/** Records an opt-out or an opt-in. The dialog names the customer and the client, and asks for the reason. */
export function Consent({
  conversation,
  clientName,
  may,
}: {
  readonly conversation: ConversationView;
  readonly clientName: string;
  readonly may: boolean;
}) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const out = conversation.optedOut;
  const done = () => {
    const { clientId, id: conversationId, contactId } = conversation;
    const args = { clientId, conversationId, contactId, optedOut: !out, reason: reason.trim() };
    const undo = () => void write('contacts.set-opt-out', { ...args, optedOut: out, reason: UNDONE }).catch(complain);
    void write('contacts.set-opt-out', args).then(
      () => toast(out ? 'Opt-in recorded' : 'Opt-out recorded', undo),
      complain,
    );
    setAsking(false);
    setReason('');
  };
  return (
    <>
      <p className={out ? 'text-danger' : 'text-meta'}>
        {out ? (
          <Ban size={13} className="mr-1.5 inline align-[-2px]" aria-hidden />
        ) : (
          <Check size={13} className="mr-1.5 inline align-[-2px]" aria-hidden />
        )}
        {out ? 'Opted out of all messages.' : 'You can message this customer.'}
      </p>
      {conversation.marketingOptedOut && !out ? (
        <p className="mt-1">
          <Ban size={13} className="mr-1.5 inline align-[-2px]" aria-hidden />
          Opted out of promotions.
        </p>
      ) : null}
      <Button className="mt-2 h-7 text-meta" disabled={!may} onClick={() => setAsking(true)}>
        {out ? 'Record an opt-in' : 'Record an opt-out'}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={out ? 'Record an opt-in' : 'Record an opt-out'}>
        <form
          className="flex flex-col gap-4 p-5"
          onSubmit={event => {
            event.preventDefault();
            done();
          }}
        >
          <p>
            {out
              ? `${clientName} can message ${conversation.contactName} again.`
              : `${clientName} will not message ${conversation.contactName} again, and queued replies are cancelled.`}{' '}
            This is recorded with your name.
          </p>
          <label className="flex flex-col gap-1">
            <span className="font-medium">How did they tell you?</span>
            <input
              className="field"
              required
              maxLength={200}
              value={reason}
              onChange={event => setReason(event.target.value)}
              placeholder="Phone, shop, e-mail"
            />
          </label>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button type="submit" look={out ? 'primary' : 'danger'} disabled={reason.trim() === ''}>
              {out ? 'Record the opt-in' : 'Record the opt-out'}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
