import type { Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { equalDigests, equalTexts, randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { type Accounts, findAccount } from '../identity/index.ts';
import type { Recognised, SignInState } from './flows.ts';
import './tables.ts';

/** The browser is sent to the console at once. */
const CODE_SECONDS = 60;
const hashOf = (code: string) => sha256(`code\n${code}`);

/** RFC 7636, S256: the only method there is. */
const challengeOf = (verifier: string) => sha256(verifier).toString('base64url');

/** A code for the console that waits, and for no other: bound to its challenge, its port and its device key (AU-03). */
export async function newSignInCode(tx: SystemTx, state: SignInState, person: Recognised): Promise<string> {
  const code = `astrix-code-${randomToken(32)}`;
  await tx
    .insertInto('sign_in_codes')
    .values({
      hash: hashOf(code),
      person_id: person.personId,
      agency_id: person.agencyId,
      given: [...state.given],
      challenge: state.console.challenge,
      port: state.console.port,
      device_key_hash: Buffer.from(state.console.deviceKey, 'base64url'),
      expires_at: new Date(txNow(tx).getTime() + CODE_SECONDS * 1000),
    })
    .execute();
  return code;
}

export type Exchange = {
  readonly code: string;
  readonly verifier: string;
  readonly port: number;
  readonly device: { readonly name: string; readonly platform: string; readonly key: string };
};

/** Uses the code up, whoever brings it: one that was taken by somebody else is of no use to its owner either, who then starts again. */
export async function exchangeCode(
  { db, accounts }: Pick<Services, 'db'> & { readonly accounts: Accounts },
  { code, verifier, port, device }: Exchange,
  ip: string,
) {
  const row = await withSystem(db, 'sign-in', async tx => {
    const found = await tx
      .deleteFrom('sign_in_codes')
      .where('hash', '=', hashOf(code))
      .returningAll()
      .executeTakeFirst();
    return found && found.expires_at > txNow(tx) ? found : null;
  });
  const holds =
    row !== null &&
    equalTexts(row.challenge, challengeOf(verifier)) &&
    row.port === port &&
    equalDigests(row.device_key_hash, sha256(device.key));
  if (!holds) return fail('browser_sign_in_refused');
  const { person_id: personId, agency_id: agencyId, given } = row;
  return withSystem(db, 'sign-in', async tx => {
    const session = await accounts.beginSession(tx, { personId, agencyId, device, ip, given });
    const account = await findAccount(tx, { personId });
    return { ...session, email: account?.email ?? fail('browser_sign_in_refused') };
  });
}
