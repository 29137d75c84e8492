import type { WriteArgs } from '@astrix/contract';
import { MessageCircleQuestion } from 'lucide-react';
import type { ConversationView } from '../../../shared/ipc.ts';
import { write } from '../../lib/write.ts';
import { Button } from '../../ui/button.tsx';
import { complain, toast } from '../../ui/toast.tsx';

type Choice = WriteArgs<'contacts.answer-stop-hint'>['choice'];

const CHOICES: readonly { readonly choice: Choice; readonly label: string; readonly done: string }[] = [
  { choice: 'all', label: 'Stop all', done: 'Opt-out recorded' },
  { choice: 'promotions', label: 'Stop promotions', done: 'Opt-out of promotions recorded' },
  { choice: 'keep', label: 'Keep sending', done: 'Messages continue' },
];

/** Asks what a customer meant who may have asked to stop. Automatic and bulk messages to them are paused until somebody answers. */
export function StopHint({ conversation }: { readonly conversation: ConversationView }) {
  const { id: conversationId, clientId, contactId, stopHint } = conversation;
  if (!stopHint) return null;
  const answer = (choice: Choice, done: string) =>
    void write('contacts.answer-stop-hint', { clientId, conversationId, contactId, choice, hintAt: stopHint.at }).then(
      () => toast(done),
      complain,
    );
  return (
    <section
      aria-label="Consent question"
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line bg-sunken px-4 py-2"
    >
      <p className="min-w-0 flex-1 basis-56" role="status">
        <MessageCircleQuestion size={14} className="mr-1.5 inline align-[-2px]" aria-hidden />
        This customer may have asked to stop. Automatic messages are paused.
      </p>
      <div className="flex gap-2">
        {CHOICES.map(({ choice, label, done }) => (
          <Button key={choice} className="h-7 text-meta" onClick={() => answer(choice, done)}>
            {label}
          </Button>
        ))}
      </div>
    </section>
  );
}
