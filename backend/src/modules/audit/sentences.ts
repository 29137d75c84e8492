import type { AuditGroup } from '@astrix/contract';

/** What a sentence is made of. Names are those that hold now; ids, counts and names of fields come from the entry. */
export type Told = {
  /** Who did it. */
  readonly who: string;
  /** The person that it was done to. */
  readonly whom: string;
  readonly client: string;
  readonly system: string;
  readonly detail: (name: string) => string;
};

type Entry = { readonly group: AuditGroup; readonly say: (told: Told) => string };

const entries = (group: AuditGroup, says: Readonly<Record<string, Entry['say']>>): Record<string, Entry> =>
  Object.fromEntries(Object.entries(says).map(([event, say]) => [event, { group, say }]));

/** `after` the words where the entry has the fact, and nothing where it has not. */
const given = (text: string, before: string, after = ''): string => (text === '' ? '' : `${before}${text}${after}`);

const PROOFS: Readonly<Record<string, string>> = {
  password: 'password',
  link: 'link by e-mail',
  oidc: 'identity provider',
  totp: 'authenticator code',
  recovery: 'recovery code',
  passkey: 'passkey',
  provider: 'second factor of the identity provider',
};
/** What was presented, such as `password+totp`, in words. */
const proofs = (text: string): string =>
  text
    .split('+')
    .map(proof => PROOFS[proof] ?? proof)
    .join(' and ');

/** Every event of the audit log, in words. A test collects the events from the sources, so that none is missing. */
export const SENTENCES: Readonly<Record<string, Entry>> = {
  ...entries('sign-in', {
    'session.start': ({ who, detail }) => `${who} signed in${given(proofs(detail('given')), ' with ')}.`,
    'session.refused': ({ whom, detail }) => `A sign-in as ${whom} was refused${given(detail('reason'), ': wrong ')}.`,
    'session.refresh': ({ who }) => `${who} renewed a session.`,
    'session.reuse': ({ whom, who }) =>
      `A session token of ${whom === '' ? who : whom} was used twice; the sessions of that device were ended.`,
    'session.end': ({ who }) => `${who} signed out.`,
    'session.revoke': ({ who }) => `${who} ended a session.`,
    'session.step-up': ({ who }) => `${who} proved again who they are.`,
    'factor.begin': ({ who }) => `${who} began to set up a second factor.`,
    'factor.add': ({ who, detail }) => `${who} added a second factor${given(proofs(detail('kind')), ': ')}.`,
    'factor.remove': ({ who, detail }) => `${who} removed a second factor${given(proofs(detail('kind')), ': ')}.`,
    'factor.recovery-codes': ({ who }) => `${who} made new recovery codes.`,
    'password.change': ({ who }) => `${who} changed their password.`,
    'recovery.start': ({ who, whom }) => `${who} started a recovery for ${whom}.`,
    'recovery.cancel': ({ who, whom }) => `${who} stopped the recovery of ${whom}.`,
    'recovery.complete': ({ who, whom }) => `${whom === '' ? who : whom} got back in by a recovery.`,
  }),
  ...entries('people', {
    'invitation.send': ({ who, detail }) => `${who} invited somebody${given(detail('role'), ' as ')}.`,
    'invitation.resend': ({ who }) => `${who} sent an invitation again.`,
    'invitation.revoke': ({ who }) => `${who} took an invitation back.`,
    'invitation.accept': ({ who, whom, detail }) =>
      `${whom === '' ? who : whom} joined the agency${given(detail('role'), ' as ')}.`,
    'membership.role': ({ who, whom, detail }) =>
      `${who} changed the role of ${whom}${given(detail('from'), ' from ')}${given(detail('to'), ' to ')}.`,
    'membership.clients': ({ who, whom, detail }) =>
      `${who} changed the clients of ${whom}${given(detail('added'), ': ', ' added')}${given(detail('removed'), ', ', ' removed')}.`,
    'membership.suspend': ({ who, whom }) => `${who} suspended ${whom}.`,
    'membership.restore': ({ who, whom }) => `${who} let ${whom} back in.`,
    'membership.off-board': ({ who, whom }) => `${who} off-boarded ${whom}.`,
    'operator.invite-owner': () => 'The operator of the installation invited an owner.',
    'operator.suspend': ({ whom }) => `The operator of the installation suspended ${whom}.`,
    'ownership.offer': ({ who, whom }) => `${who} offered the ownership to ${whom}.`,
    'ownership.accept': ({ who }) => `${who} accepted the ownership.`,
    'ownership.withdraw': ({ who, whom }) => `${who} withdrew the offer of the ownership to ${whom}.`,
    'team.create': ({ who }) => `${who} made a team.`,
    'team.change': ({ who }) => `${who} changed a team.`,
    'team.remove': ({ who }) => `${who} removed a team.`,
  }),
  ...entries('clients', {
    'client.create': ({ who, client }) => `${who} added ${client}.`,
    'client.change': ({ who, client, detail }) => `${who} changed ${client}${given(detail('fields'), ': ')}.`,
    'client.profile': ({ who, client }) => `${who} changed the profile of ${client}.`,
    'client.features': ({ who, client, detail }) =>
      `${who} chose the features of ${client}${given(detail('off'), '; off: ')}.`,
    'client.pause': ({ who, client, detail }) =>
      `${who} ${detail('paused') === 'false' ? `ended the pause of ${client}` : `paused ${client}`}.`,
    'client.archive': ({ who, client, detail }) =>
      `${who} ${detail('archived') === 'false' ? `brought ${client} back` : `archived ${client}`}.`,
    'client.deletion': ({ who, client, detail }) =>
      detail('deleteAt') === ''
        ? `${who} cancelled the deletion of ${client}.`
        : `${who} scheduled ${client} to be deleted.`,
    'client.deleted': ({ client }) => `Everything of ${client} was deleted, as it was scheduled.`,
    'client.access.grant': ({ who, whom, client }) => `${who} let ${whom} work on ${client}.`,
    'client.access.revoke': ({ who, whom, client }) => `${who} took ${whom} off ${client}.`,
    'retention.change': ({ who, client, detail }) =>
      `${who} changed how long ${client} keeps conversations${given(detail('from'), ' from ')}${given(detail('to'), ' to ')}.`,
  }),
  ...entries('connections', {
    'connection.start': ({ who, system, client }) => `${who} began to connect ${system} for ${client}.`,
    'connection.claim': ({ who, system, client }) => `${who} came back from ${system} for ${client}.`,
    'connection.confirm': ({ who, system, client }) => `${who} connected ${system} for ${client}.`,
    'connection.cancel': ({ who, client }) => `${who} gave up connecting a system for ${client}.`,
    'connection.key': ({ who, system, client }) => `${who} connected ${system} for ${client} with a key.`,
    'connection.check': ({ who, system, client }) => `${who} checked ${system} of ${client}.`,
    'connection.act': ({ who, system, client }) => `${who} changed something in ${system} for ${client}.`,
    'connection.rotate-webhook': ({ who, system, client }) =>
      `${who} gave ${system} of ${client} a new address for its events.`,
    'connection.switch': ({ who, system, client }) => `${who} used a switch of ${system} at ${client}.`,
    'connection.disconnect': ({ who, system, client }) => `${who} disconnected ${system} from ${client}.`,
    'connection.ended': ({ system, client }) => `The access to ${system} of ${client} has ended.`,
    'connection.confirm-removed': ({ who, system, client }) =>
      `${who} confirmed that the access to ${system} of ${client} was removed there.`,
    'connection.deauthorized': ({ system, client }) => `${system} withdrew the access of ${client}.`,
    'connection.data-deleted': ({ system, client }) =>
      `Data of ${client} was deleted, because its owner asked ${system} for it.`,
    'provider.access': ({ who, whom, system }) => `${who} changed whether ${whom} may use ${system}.`,
    'webhook.replay': ({ who, client }) => `${who} processed an event of ${client} again.`,
  }),
  ...entries('settings', {
    'settings.agency': ({ who, detail }) => `${who} changed settings of the agency${given(detail('fields'), ': ')}.`,
    'settings.sign-in': ({ who }) => `${who} changed how people sign in.`,
  }),
  ...entries('work', {
    'contact.consent': ({ who, client }) => `${who} recorded what a customer of ${client} agrees to.`,
    'conversation.assign': ({ who, client }) => `${who} assigned a conversation of ${client}.`,
    'conversation.note': ({ who, client }) => `${who} wrote a note in a conversation of ${client}.`,
    'conversation.snooze': ({ who, client }) => `${who} snoozed a conversation of ${client}.`,
    'conversation.status': ({ who, client }) => `${who} opened or closed a conversation of ${client}.`,
    'conversation.tag': ({ who, client }) => `${who} changed the tags of a conversation of ${client}.`,
    'message.send': ({ who, client }) => `${who} wrote to a customer of ${client}.`,
    'message.dismiss-failure': ({ who, client }) => `${who} dismissed a failed message of ${client}.`,
  }),
  ...entries('exports', {
    'export.audit': ({ who }) => `${who} exported the audit log.`,
    'operator.export-audit': () => 'The operator of the installation exported the audit log.',
  }),
};

export const eventsOf = (group: AuditGroup): string[] =>
  Object.entries(SENTENCES)
    .filter(([, entry]) => entry.group === group)
    .map(([event]) => event);
