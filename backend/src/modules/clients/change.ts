import {
  type ClientDirectoryRow,
  type ClientIdentity,
  type ClientProfileRow,
  type ClientRow,
  OPTIONAL_FEATURES,
  type ProfileFields,
  shorten,
  skeletonOf,
} from '@astrix/contract';
import { CLIENT_DELETION_DAYS } from '@astrix/contract/clients/index';
import { CLIENT_MARKS, type ClientMark, freeMark } from '@astrix/contract/clients/marks';
import { sql, type Updateable } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type AnyTx, type Schema, type TenantTx, txNow } from '../../platform/db/index.ts';
import { clientRow, directoryRow, lockClient, readProfiles } from './read.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Names and marks of an agency are given out one change after the other, so that two new clients never get the same. */
const oneByOne = (tx: AnyTx, agencyId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`clients/${agencyId}`}, 0))`.execute(tx);

type Other = ClientMark & { readonly id: string; readonly name: string; readonly initials: string };

async function othersOf(tx: AnyTx, agencyId: string, clientId: string | null): Promise<Other[]> {
  const rows = await tx
    .selectFrom('clients')
    .select(['id', 'name', 'initials', 'hue', 'shade', 'shape'])
    .where('agency_id', '=', agencyId)
    .execute();
  return rows.filter(({ id }) => id !== clientId);
}

/** How a name looks to somebody in a hurry. Vowel signs stay, because they make another word in the scripts of India. */
const looksOf = (name: string): string =>
  [...name.normalize('NFKC')].map(letter => (/\p{M}/u.test(letter) ? letter : skeletonOf(letter))).join('');

/** Names that look the same count as one: a reply would go out as the other client. */
function demandFreeName(others: readonly Other[], name: string): void {
  if (others.some(other => looksOf(other.name) === looksOf(name))) fail('client_name_taken');
}

const sameMark = (a: ClientMark, b: ClientMark) => a.hue === b.hue && a.shade === b.shade && a.shape === b.shape;

/** A mark that nobody has. When all are taken, one may stand twice, with other initials. */
function demandFreeMark(others: readonly Other[], mark: ClientMark, initials: string): void {
  if (!CLIENT_MARKS.some(one => sameMark(one, mark)))
    fail('invalid_request', { fields: [{ path: 'shade', message: 'does not exist in this colour and shape' }] });
  const allTaken = CLIENT_MARKS.every(one => others.some(other => sameMark(other, one)));
  const taken = others.some(other => sameMark(other, mark) && (!allTaken || other.initials === initials));
  if (taken) fail('client_mark_taken');
}

type Chosen = 'hue' | 'shade' | 'shape' | 'logo';
export type NewClient = Pick<ClientIdentity, 'name' | 'initials' | 'replyAs'> & {
  readonly [K in Chosen]?: ClientIdentity[K] | undefined;
} & { readonly id?: string };

/**
 * Adds a client to an agency. A whole mark is taken as it is, or refused; a hue alone is a wish: the client gets a mark that no other
 * client of the agency has. Answers the id.
 */
export async function createClient(tx: AnyTx, agencyId: string, client: NewClient): Promise<string> {
  await oneByOne(tx, agencyId);
  const others = await othersOf(tx, agencyId, null);
  demandFreeName(others, client.name);
  const { hue, shade, shape } = client;
  const whole = hue !== undefined && shade !== undefined && shape !== undefined ? { hue, shade, shape } : null;
  if (whole) demandFreeMark(others, whole, client.initials);
  const mark = whole ?? freeMark(others, client.initials, hue ?? null) ?? fail('client_mark_taken');
  const now = txNow(tx);
  const id = client.id ?? newId(now);
  await tx
    .insertInto('clients')
    .values({
      agency_id: agencyId,
      id,
      name: client.name,
      initials: client.initials,
      ...mark,
      reply_as: client.replyAs,
      status: 'active',
      logo: client.logo ?? null,
      features_off: [],
      retention: 'days-30',
      redate_from: null,
      archived_at: null,
      delete_at: null,
      created_at: now,
    })
    .execute();
  return id;
}

/** Changes what people recognise a client by. */
export async function changeClient(
  tx: TenantTx,
  agencyId: string,
  clientId: string,
  change: { readonly [K in keyof ClientIdentity]?: ClientIdentity[K] | undefined },
): Promise<ClientRow> {
  await oneByOne(tx, agencyId);
  const before = await lockClient(tx, clientId);
  const others = await othersOf(tx, agencyId, clientId);
  if (change.name !== undefined) demandFreeName(others, change.name);
  const after = {
    name: change.name ?? before.name,
    initials: change.initials ?? before.initials,
    hue: change.hue ?? before.hue,
    shade: change.shade ?? before.shade,
    shape: change.shape ?? before.shape,
    reply_as: change.replyAs ?? before.reply_as,
    logo: change.logo === undefined ? before.logo : change.logo,
  };
  if (!sameMark(before, after) || before.initials !== after.initials) demandFreeMark(others, after, after.initials);
  return clientRow(await updated(tx, clientId, after));
}

const updated = (tx: TenantTx, clientId: string, change: Updateable<Schema['clients']>) =>
  tx.updateTable('clients').set(change).where('id', '=', clientId).returningAll().executeTakeFirstOrThrow();

export async function setPaused(tx: TenantTx, clientId: string, paused: boolean): Promise<ClientRow> {
  return clientRow(await updated(tx, clientId, { status: paused ? 'paused' : 'active' }));
}

/** Refuses a name that no optional feature has, so that a typing error does not leave a feature on. */
export async function setFeaturesOff(tx: TenantTx, clientId: string, off: readonly string[]): Promise<ClientRow> {
  const unknown = off.filter(name => !Object.hasOwn(OPTIONAL_FEATURES, name));
  if (unknown.length > 0)
    fail('invalid_request', {
      fields: [
        {
          path: 'off',
          message: `may hold ${Object.keys(OPTIONAL_FEATURES).join(', ')}, and not ${shorten(unknown.join(', '), 80)}`,
        },
      ],
    });
  return clientRow(await updated(tx, clientId, { features_off: [...new Set(off)] }));
}

/** An archived client that comes back is no longer to be deleted. */
export async function setArchived(tx: TenantTx, clientId: string, archived: boolean): Promise<ClientDirectoryRow> {
  const { archived_at } = await lockClient(tx, clientId);
  const change = archived ? { archived_at: archived_at ?? txNow(tx) } : { archived_at: null, delete_at: null };
  return directoryRow(await updated(tx, clientId, change));
}

/**
 * `typed` is the name as the person typed it, so that nobody deletes the client beside the one that was meant. Credentials are ended at
 * their providers first, by a person who reads the receipt.
 */
export async function scheduleDeletion(
  tx: TenantTx,
  clientId: string,
  typed: string,
  connected: readonly string[],
): Promise<ClientDirectoryRow> {
  const client = await lockClient(tx, clientId);
  if (client.archived_at === null) fail('client_not_ready', { detail: 'Archive the client first.' });
  if (client.name.trim() !== typed.trim())
    fail('client_not_ready', { detail: `Type the name exactly as it is written: ${client.name}` });
  if (connected.length > 0)
    fail('client_not_ready', {
      detail: `Bring the client back and disconnect ${shorten(connected.join(', '), 200)}, then archive it again.`,
    });
  const delete_at = client.delete_at ?? new Date(txNow(tx).getTime() + CLIENT_DELETION_DAYS * DAY_MS);
  return directoryRow(await updated(tx, clientId, { delete_at }));
}

export async function cancelDeletion(tx: TenantTx, clientId: string): Promise<ClientDirectoryRow> {
  await lockClient(tx, clientId);
  return directoryRow(await updated(tx, clientId, { delete_at: null }));
}

/** Replaces the profile. A change that was made from an older version is refused, so that two people never undo each other unseen. */
export async function saveProfile(
  tx: TenantTx,
  agencyId: string,
  clientId: string,
  { version, ...fields }: ProfileFields & { readonly version: number },
): Promise<ClientProfileRow> {
  await lockClient(tx, clientId);
  const [before] = await readProfiles(tx, [clientId]);
  if ((before?.version ?? 0) !== version) fail('changed_meanwhile');
  const values = {
    contacts: JSON.stringify(fields.contacts),
    hours: fields.hours === null ? null : JSON.stringify(fields.hours),
    holidays: JSON.stringify([...fields.holidays].sort((a, b) => (a.date < b.date ? -1 : 1))),
    languages: [...new Set(fields.languages)],
    version: version + 1,
    updated_at: txNow(tx),
  };
  await tx
    .insertInto('client_profiles')
    .values({ agency_id: agencyId, id: clientId, client_id: clientId, ...values })
    .onConflict(conflict => conflict.columns(['agency_id', 'id']).doUpdateSet(values))
    .execute();
  return (await readProfiles(tx, [clientId]))[0]!;
}
