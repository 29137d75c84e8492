import { type KeyField, shorten } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { type Secret, secret } from '../../kernel/secret.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { apiOver } from '../../providers/api.ts';
import type { Account, Credential, Manifest, Provider } from '../../providers/provider.ts';
import type { ConnectionsDeps } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import { keepOldSecret } from './endpoints.ts';
import { emitOpened } from './events.ts';
import { type ConnectionRow, LIVE } from './repo.ts';
import type { Settings } from './tables.ts';

export type KeyForm = {
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly settings: Readonly<Record<string, string>>;
};

/** The values of a form, judged by the manifest's own rules; all that is invalid at once, by the label that the person sees. */
export function readForm(fields: readonly KeyField[], given: Readonly<Record<string, string>>): KeyForm {
  const invalid: { path: string; message: string }[] = [];
  const secrets: Record<string, Secret> = {};
  const settings: Record<string, string> = {};
  const known = new Set(fields.map(({ name }) => name));
  for (const name of Object.keys(given))
    if (!known.has(name)) invalid.push({ path: `fields.${shorten(name, 40)}`, message: 'is not a field of this form' });
  for (const field of fields) {
    const value = (Object.hasOwn(given, field.name) ? given[field.name] : undefined)?.trim() ?? '';
    const wrong = ruleBroken(field, value);
    if (wrong !== null) invalid.push({ path: `fields.${field.name}`, message: `${field.label} ${wrong}` });
    else if (value !== '' && field.kind === 'secret') secrets[field.name] = secret(value);
    else if (value !== '') settings[field.name] = value;
  }
  if (invalid.length > 0) fail('invalid_request', { fields: invalid });
  return { secrets, settings };
}

function ruleBroken(field: KeyField, value: string): string | null {
  if (value === '') return field.required ? 'must not be empty' : null;
  if (value.length > field.maxLength) return `has at most ${field.maxLength} letters`;
  if (field.kind === 'choice') return field.options.some(option => option.value === value) ? null : field.rule;
  return new RegExp(`^(?:${field.pattern})$`, 'u').test(value) ? null : field.rule;
}

/** The live call before anything is stored: which account is behind this key. Throws what the person can read. */
export async function tryKey(
  deps: ConnectionsDeps,
  { manifest, connector }: Provider,
  form: KeyForm,
  who: {
    readonly agencyId: string;
    readonly clientId: string;
    readonly personId: string;
    readonly connectionId: string;
  },
): Promise<Account> {
  if (connector === null) fail('provider_unavailable');
  const credential: Credential = { kind: 'key', fields: form.secrets };
  const connection = { ...who, actorId: who.personId };
  const api = apiOver(
    { egress: deps.egress, clock: deps.clock, manifest, connector, connection, app: null },
    {
      capability: 'connect',
      credential: async () => ({ kind: 'ok', credential, version: 0 }),
      account: null,
      settings: form.settings,
      extras: {},
    },
  );
  const accounts = await connector.identify(api);
  if (accounts.kind !== 'ok') return refuseKey(accounts, manifest);
  const [account, ...others] = accounts.rows;
  if (!account)
    return fail('provider_refused', { detail: `${manifest.name} accepts the key, and it reaches no account.` });
  if (others.length > 0)
    return fail('provider_refused', {
      detail: `The key reaches ${accounts.rows.length} accounts. Give one that is limited to the account of this client.`,
    });
  return account;
}

function refuseKey(failed: Failed, manifest: Manifest): never {
  const { name } = manifest;
  if (failed.kind === 'retry')
    fail('provider_unreachable', failed.afterSeconds === null ? {} : { retryAfterSeconds: failed.afterSeconds });
  if (failed.kind === 'refused' && failed.reason === 'switched-off') fail('switched_off');
  if (failed.kind === 'reauth')
    fail('provider_refused', {
      detail: `${name} does not accept this key. Check that it is whole, still valid, and of the right account.`,
    });
  const { reason, next } = describeFailure(failed, manifest);
  return fail('provider_refused', { detail: `${reason} ${next}` });
}

export type KeyOwner = {
  readonly agencyId: string;
  readonly clientId: string | null;
  readonly personId: string;
  /** The one that the key was tried under, so that the list of its calls begins with that (VT-13). */
  readonly id: string;
  readonly provider: Provider;
  /** The one whose key is replaced. */
  readonly before: ConnectionRow | null;
};

/** Stores what was tried: secrets into the vault, the rest into the row. A new key takes the place of the old one in one transaction. */
export async function storeKey(
  tx: SystemTx,
  deps: ConnectionsDeps,
  { agencyId, clientId, personId, id, provider, before }: KeyOwner,
  form: KeyForm,
  account: Account,
): Promise<ConnectionRow> {
  const now = txNow(tx);
  if (before !== null && before.account_id !== account.id)
    fail('account_differs', { detail: `${before.account_name} is connected, and this key is of ${account.name}.` });
  const values = {
    status: 'active' as const,
    account_id: account.id,
    account_name: account.name,
    account_detail: account.detail,
    settings: JSON.stringify({ account: account.settings, form: form.settings, extras: {} } satisfies Settings),
    checked_at: now,
    fault: null,
  };
  const row = before
    ? await tx
        .updateTable('connections')
        .set(values)
        .where('agency_id', '=', agencyId)
        .where('id', '=', id)
        .where('status', 'in', LIVE)
        .returningAll()
        .executeTakeFirst()
    : await tx
        .insertInto('connections')
        .values({
          agency_id: agencyId,
          id,
          client_id: clientId,
          provider: provider.manifest.id,
          vault_id: id,
          connected_by: personId,
          connected_at: now,
          ...values,
        })
        .onConflict(conflict => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
  if (!row) return fail(before ? 'connection_unusable' : 'already_connected');
  const ref = { agencyId, clientId: row.client_id, connectionId: row.vault_id };
  await keepOldSecret(tx, deps.vault, row, form.secrets);
  for (const [name, value] of Object.entries(form.secrets)) await deps.vault.put(tx, ref, name, value);
  // In the same transaction: no message may find a number that is known to one module only.
  await emitOpened(deps.emit, tx, row);
  return row;
}
