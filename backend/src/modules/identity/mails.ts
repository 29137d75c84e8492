import type { Role } from '@astrix/contract';
import type { Services } from '../../composition/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import { defineMail, type MailBlock } from '../../platform/mail/index.ts';
import './tables.ts';

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  owner: 'owner',
  admin: 'admin',
  manager: 'manager',
  agent: 'agent',
  analyst: 'analyst',
  client: 'member of a client’s own staff',
};

const NOT_YOU: MailBlock = {
  kind: 'note',
  text: 'If this was not you, tell an owner of your agency at once, and end your sessions under Settings, Devices.',
};

const INVITATION_MAIL = defineMail<{
  readonly agency: string;
  readonly by: string | null;
  readonly role: Role;
  readonly link: string;
}>({
  name: 'identity.invitation',
  subject: ({ agency }) => `Join ${agency} on Astrix`,
  body: ({ agency, by, role, link }) => [
    {
      kind: 'text',
      text: `${by ?? 'The operator of this installation'} invites you to ${agency} as ${ROLE_WORDS[role]}.`,
    },
    { kind: 'button', label: 'Join', url: link },
    {
      kind: 'note',
      text: 'The link works once and for 72 hours. Have the phone with your authenticator app at hand. If you expect no invitation, ignore this mail.',
    },
  ],
});

const RECOVERY_MAIL = defineMail<{
  readonly agency: string;
  readonly by: string;
  readonly readyAt: string;
  readonly link: string;
}>({
  name: 'identity.recovery',
  subject: ({ agency }) => `Set up your account at ${agency} anew`,
  body: ({ agency, by, readyAt, link }) => [
    {
      kind: 'text',
      text: `${by} started the recovery of your account at ${agency}. From ${readyAt} on you can choose a new password and set up a new authenticator.`,
    },
    { kind: 'button', label: 'Set up anew', url: link },
    {
      kind: 'note',
      text: 'The old password, authenticators, passkeys and recovery codes stop working then. If you asked for no recovery, sign in and cancel it, or tell an owner of your agency.',
    },
  ],
});

/** What somebody is told about their account. Each is one sentence of what happened. */
const NOTICE_MAIL = defineMail<{ readonly subject: string; readonly text: string; readonly at: string }>({
  name: 'identity.security-notice',
  subject: ({ subject }) => subject,
  body: ({ text, at }) => [{ kind: 'text', text: `${text}\n\n${at}` }, NOT_YOU],
});

export type Notice =
  | { readonly kind: 'new-device'; readonly device: string; readonly network: string }
  | { readonly kind: 'factor-added' | 'factor-removed'; readonly label: string }
  | {
      readonly kind:
        | 'password-changed'
        | 'recovery-codes-renewed'
        | 'account-recovered'
        | 'stolen-token'
        | 'recovery-code-used';
    }
  | { readonly kind: 'role-changed'; readonly role: Role }
  | { readonly kind: 'recovery-started' | 'recovery-cancelled'; readonly person: string; readonly by: string }
  | { readonly kind: 'ownership-offered' | 'ownership-accepted'; readonly person: string; readonly by: string };

function wordsOf(notice: Notice): { readonly subject: string; readonly text: string } {
  switch (notice.kind) {
    case 'new-device':
      return {
        subject: 'New sign-in to Astrix',
        text: `You signed in on a device that was not used before: ${notice.device}. Network: ${notice.network}.`,
      };
    case 'factor-added':
      return {
        subject: 'A second factor was added',
        text: `“${notice.label}” was added to your account. Your other sessions have ended.`,
      };
    case 'factor-removed':
      return {
        subject: 'A second factor was removed',
        text: `“${notice.label}” was removed from your account. Your other sessions have ended.`,
      };
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        text: 'The password of your account was changed. Your other sessions have ended.',
      };
    case 'recovery-codes-renewed':
      return {
        subject: 'New recovery codes were made',
        text: 'New recovery codes were made for your account. The old ones do not work any more.',
      };
    case 'recovery-code-used':
      return {
        subject: 'A recovery code was used',
        text: 'A recovery code was used for your account. Set up your authenticator again if you have lost it.',
      };
    case 'account-recovered':
      return {
        subject: 'Your account was set up anew',
        text: 'Your account has a new password and a new second factor. All earlier sessions have ended.',
      };
    case 'stolen-token':
      return {
        subject: 'A copy of your session was used',
        text: 'Somebody used a copy of a session of yours. All sessions of that device have ended. Change your password, and look for malware on the device.',
      };
    case 'role-changed':
      return { subject: 'Your role was changed', text: `Your role is ${ROLE_WORDS[notice.role]} from now on.` };
    case 'recovery-started':
      return {
        subject: `Recovery of ${notice.person} was started`,
        text: `${notice.by} started the recovery of the account of ${notice.person}. Any owner or admin, and ${notice.person}, can cancel it under People.`,
      };
    case 'recovery-cancelled':
      return {
        subject: `Recovery of ${notice.person} was cancelled`,
        text: `${notice.by} cancelled the recovery of the account of ${notice.person}.`,
      };
    case 'ownership-offered':
      return {
        subject: 'Ownership of the agency was offered',
        text: `${notice.by} offers the ownership of the agency to ${notice.person}. It can be accepted for 72 hours.`,
      };
    case 'ownership-accepted':
      return {
        subject: 'The agency has a new owner',
        text: `${notice.person} accepted the ownership that ${notice.by} offered.`,
      };
  }
}

const IST = new Intl.DateTimeFormat('en-IN', { timeZone: 'Asia/Kolkata', dateStyle: 'medium', timeStyle: 'short' });
/** As people read it: Indian time, and said so. */
const shownTime = (at: Date): string => `${IST.format(at)} IST`;

export type Tell = (
  tx: SystemTx,
  agencyId: string,
  personIds: readonly string[],
  notice: Notice,
  at: Date,
) => Promise<void>;

/** Tells people by mail, in the transaction that does it. Without a mail server nobody is told; what happened stands in the security history. */
export const tellBy =
  ({ mail }: Pick<Services, 'mail'>): Tell =>
  async (tx, agencyId, personIds, notice, at) => {
    if (!mail.ready || personIds.length === 0) return;
    const people = await tx
      .selectFrom('people')
      .select(['email', 'name'])
      .where('id', 'in', [...new Set(personIds)])
      .execute();
    const values = { ...wordsOf(notice), at: shownTime(at) };
    for (const { email, name } of people) await mail.send(tx, NOTICE_MAIL, { to: email, name, agencyId, values });
  };

/** Mails an invitation; null then, and the link where there is no mail server: it is passed on by hand. */
export async function sendInvitation(
  mail: Services['mail'],
  tx: SystemTx,
  by: { readonly agencyId: string; readonly personId: string | null },
  { email, role }: { readonly email: string; readonly role: Role },
  link: string,
): Promise<string | null> {
  if (!mail.ready) return link;
  const { agencyId } = by;
  const values = { agency: await agencyName(tx, agencyId), by: await nameIn(tx, agencyId, by.personId), role, link };
  await mail.send(tx, INVITATION_MAIL, { to: email, agencyId, values });
  return null;
}

/** Mails the link of a recovery to its person; null then, and the link where there is no mail server. */
export async function sendRecovery(
  mail: Services['mail'],
  tx: SystemTx,
  by: { readonly agencyId: string; readonly personId: string },
  { email, name, readyAt }: { readonly email: string; readonly name: string; readonly readyAt: Date },
  link: string,
): Promise<string | null> {
  if (!mail.ready) return link;
  const { agencyId } = by;
  const values = {
    agency: await agencyName(tx, agencyId),
    by: (await nameIn(tx, agencyId, by.personId)) ?? 'The operator of this installation',
    readyAt: shownTime(readyAt),
    link,
  };
  await mail.send(tx, RECOVERY_MAIL, { to: email, name, agencyId, values });
  return null;
}

async function agencyName(tx: SystemTx, agencyId: string): Promise<string> {
  const row = await tx
    .selectFrom('agencies')
    .select('name')
    .where('agency_id', '=', agencyId)
    .executeTakeFirstOrThrow();
  return row.name;
}

async function nameIn(tx: SystemTx, agencyId: string, personId: string | null): Promise<string | null> {
  if (personId === null) return null;
  const row = await tx
    .selectFrom('memberships')
    .select('name')
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row?.name ?? null;
}
