import type { SentInvitation } from '@astrix/contract';
import { Copy } from 'lucide-react';
import { exactOf } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { copy } from '../../ui/copy.ts';
import { Notice } from '../../ui/page.tsx';

/** What came of an invitation: the mail is on its way, or the link to pass on by hand, which is shown this once. */
export function Sent({ sent, onClose }: { readonly sent: SentInvitation; readonly onClose: () => void }) {
  const { invitation, link, warnings } = sent;
  return (
    <div className="scroll flex flex-col gap-4 p-5">
      {warnings.map(warning => (
        <Notice key={warning} tone="waiting" title="Look twice">
          {warning}
        </Notice>
      ))}
      {link ? (
        <OneTimeLink
          link={link}
          says={`This installation sends no mail. Pass this link on to ${invitation.email} yourself. It works once, until ${exactOf(invitation.validUntil)}, and is not shown again.`}
        />
      ) : (
        <p>
          A mail to <b className="break-all">{invitation.email}</b> is on its way. Its link works once, until{' '}
          {exactOf(invitation.validUntil)}.
        </p>
      )}
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}

export function OneTimeLink({ link, says }: { readonly link: string; readonly says: string }) {
  return (
    <div className="flex flex-col gap-2">
      <p>{says}</p>
      <code className="rounded-md border border-line bg-sunken px-2.5 py-2 text-meta break-all select-all">{link}</code>
      <Button className="self-start" onClick={() => copy(link, 'The link is copied')}>
        <Copy size={14} aria-hidden /> Copy the link
      </Button>
    </div>
  );
}
