import { type Config, ConfigError } from '../config.ts';
import { RefusedError, UsageError } from '../explain.ts';
import { AppError } from '../kernel/errors.ts';
import { mailAddress } from '../kernel/mail-address.ts';
import {
  createOwnerInvitation,
  initAgency,
  joinUrl,
  type Place,
  placesOf,
  sendInvitation,
  suspendPerson,
} from '../modules/identity/index.ts';
import type { AuditTrail } from '../platform/audit/index.ts';
import { type SystemTx, withSystem } from '../platform/db/index.ts';
import type { Mail } from '../platform/mail/index.ts';
import { type Command, type Done, onInstallation } from './command.ts';
import { agencyOf } from './export-audit.ts';
import { withMail } from './mail.ts';

const MOST_NAME = 120;

function addressIn(text: string): string {
  const address = mailAddress(text.toLowerCase());
  if (address === null)
    throw new UsageError('--email must be the address of one mailbox, such as owner@agency.example.');
  return address;
}

function nameIn(text: string): string {
  const name = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if ([...name].length > MOST_NAME || /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(name))
    throw new UsageError(`--agency-name must have at most ${MOST_NAME} characters, and none that cannot be seen.`);
  return name;
}

/** Where an invited person opens the link. In production this machine's own address would lead nobody anywhere. */
function addressOfPages({ publicUrl, environment, port }: Config): string {
  if (publicUrl === null && environment === 'production')
    throw new ConfigError(['ASTRIX_PUBLIC_URL must be set: the link of an invitation leads there.']);
  return publicUrl ?? `http://127.0.0.1:${port}`;
}

type OwnerInvitation = { readonly link: string; readonly validUntil: string; readonly mailed: boolean };

/** The link is printed in any case: whoever runs this may be setting up the mail server that it would need. */
async function inviteOwner(
  tx: SystemTx,
  { audit, mail }: { readonly audit: AuditTrail; readonly mail: Mail },
  { agencyId, email, url }: { readonly agencyId: string; readonly email: string; readonly url: string },
): Promise<OwnerInvitation> {
  const { row, token } = await createOwnerInvitation(tx, { agencyId, email });
  const link = joinUrl(url, token);
  const mailed = (await sendInvitation(mail, tx, { agencyId, personId: null }, row, link)) === null;
  await audit.write(tx, {
    event: 'operator.invite-owner',
    agencyId,
    actorId: null,
    sessionId: null,
    subjectType: 'invitation',
    subjectId: row.id,
    detail: { role: row.role, link: mailed ? 'mailed and shown' : 'shown' },
  });
  return { link, validUntil: row.validUntil, mailed };
}

const IST = new Intl.DateTimeFormat('en-IN', { timeZone: 'Asia/Kolkata', dateStyle: 'medium', timeStyle: 'short' });

function shown(what: string, email: string, { link, validUntil, mailed }: OwnerInvitation): string {
  const how = mailed
    ? `The backend mails this link to ${email} as soon as it runs. It can be passed on from here as well.`
    : `Start the backend and give this link to ${email}.`;
  return `${what}\n\n${how} It works once, until ${IST.format(new Date(validUntil))} IST, and is not shown again:\n\n  ${link}\n`;
}

/** What the product refuses, in its own words. */
function refused(error: unknown): never {
  throw error instanceof AppError ? new RefusedError(error.message) : error;
}

export const init: Command = {
  name: 'init',
  summary: 'makes the agency of an empty installation, and prints the invitation of its owner once',
  options: {
    'agency-name': { value: 'name', says: 'as its people and clients know it', needed: true },
    email: { value: 'address', says: 'of the person who will own it', needed: true },
  },
  run: (env, options): Promise<Done> => {
    const [name, email] = [nameIn(options['agency-name']!), addressIn(options.email!)];
    return withMail(env, (mail, { config, db, audit }) => {
      const url = addressOfPages(config);
      return withSystem(db, 'operator', async tx => {
        const agencyId = await initAgency(tx, { name });
        if (agencyId === null)
          throw new RefusedError(
            'This database has an agency already, and nothing was changed. If its owner lost the link or the account: astrix-admin create-owner-invitation --email <address>',
          );
        const invited = await inviteOwner(tx, { audit, mail }, { agencyId, email, url });
        return {
          text: shown(`The agency ${name} is made.`, email, invited),
          json: { agency: agencyId, email, ...invited },
        };
      }).catch(refused);
    });
  },
};

export const createOwnerInvitationCommand: Command = {
  name: 'create-owner-invitation',
  summary: 'invites one more owner, such as after everybody lost their account; an open invitation of the address ends',
  options: {
    email: { value: 'address', says: 'of the person', needed: true },
    agency: { value: 'id', says: 'which agency, where there are several' },
  },
  run: (env, options): Promise<Done> => {
    const email = addressIn(options.email!);
    return withMail(env, (mail, { config, db, audit }) => {
      const url = addressOfPages(config);
      return withSystem(db, 'operator', async tx => {
        const { id, name } = await agencyOf(tx, options.agency);
        const invited = await inviteOwner(tx, { audit, mail }, { agencyId: id, email, url });
        return {
          text: shown(`An owner of ${name} is invited.`, email, invited),
          json: { agency: id, email, ...invited },
        };
      }).catch(refused);
    });
  },
};

/** Where to suspend the person. Throws with what there is to choose from, or why there is nothing. */
function placeIn(places: readonly Place[], email: string, asked: string | undefined): Place {
  if (places.length === 0)
    throw new RefusedError(`Nobody with the address ${email} works here, or they are suspended already.`);
  const found = places.find(({ agencyId }) => agencyId === asked?.toLowerCase());
  if (found) return found;
  const [only] = places;
  if (asked === undefined && places.length === 1 && only) return only;
  const list = places.map(({ agencyId, agency }) => `  ${agencyId}  ${agency}`).join('\n');
  throw new UsageError(`--agency must be the id of one of the agencies in which ${email} works:\n${list}`);
}

export const suspend: Command = {
  name: 'suspend',
  summary: 'stops a person in an agency at once and ends their sessions there; an owner lets them in again',
  options: {
    email: { value: 'address', says: 'of the person', needed: true },
    agency: { value: 'id', says: 'which agency, where they work in several' },
  },
  run: (env, options): Promise<Done> => {
    const email = addressIn(options.email!);
    return onInstallation(env, ({ db, audit }) =>
      withSystem(db, 'operator', async tx => {
        const place = placeIn(await placesOf(tx, email), email, options.agency);
        const { agencyId, agency, personId } = place;
        const { sessions, hasOwner } = await suspendPerson(tx, place);
        await audit.write(tx, {
          event: 'operator.suspend',
          agencyId,
          actorId: null,
          sessionId: null,
          subjectType: 'person',
          subjectId: personId,
          detail: { sessions },
        });
        const ended = sessions === 1 ? '1 session' : `${sessions} sessions`;
        const next = hasOwner
          ? ''
          : ` ${agency} has no owner now. Invite one: astrix-admin create-owner-invitation --agency ${agencyId} --email <address>`;
        return {
          text: `${email} is suspended in ${agency}, and ${ended} ended.${next}`,
          json: { email, agency: agencyId, sessions, hasOwner },
        };
      }).catch(refused),
    );
  },
};
