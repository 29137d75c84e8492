import { randomToken, sha256 } from '../../../platform/crypto/index.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';

const HOW_MANY = 10;
/** Crockford's base32: no letter that is taken for a digit, and none for another letter. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** 80 random bits as `abcd-efgh-jkmn-pqrs`. */
function newCode(): string {
  const bits = BigInt(`0x${Buffer.from(randomToken(10), 'base64url').toString('hex')}`);
  const letters = Array.from({ length: 16 }, (_, n) => DIGITS[Number((bits >> BigInt(5 * n)) & 31n)]);
  return letters.join('').replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** As it was meant: without spaces and dashes, and with the digit for a letter that looks like one. */
const plain = (typed: string) =>
  typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');

/** With the person, so that one code is of one person; 80 bits are too many to try, so that the digest needs no salt and no cost. */
const digestOf = (personId: string, code: string) => sha256(`recovery\n${personId}\n${plain(code)}`);

/** Makes new codes in place of all earlier ones. They are returned this once and kept as digests only. */
export async function newRecoveryCodes(tx: SystemTx, personId: string): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, newCode);
  await tx.deleteFrom('recovery_codes').where('person_id', '=', personId).execute();
  await tx
    .insertInto('recovery_codes')
    .values(
      codes.map(code => ({
        hash: digestOf(personId, code),
        person_id: personId,
        created_at: txNow(tx),
        used_at: null,
      })),
    )
    .execute();
  return codes;
}

/** Whether the code is one of the person's that has not been used; it is used up by this. */
export async function useRecoveryCode(tx: SystemTx, personId: string, code: string): Promise<boolean> {
  const used = await tx
    .updateTable('recovery_codes')
    .set({ used_at: txNow(tx) })
    .where('hash', '=', digestOf(personId, code))
    .where('used_at', 'is', null)
    .returning('hash')
    .executeTakeFirst();
  return used !== undefined;
}

/** How many are left. */
export async function countRecoveryCodes(tx: SystemTx, personId: string): Promise<number> {
  const left = await tx
    .selectFrom('recovery_codes')
    .select('hash')
    .where('person_id', '=', personId)
    .where('used_at', 'is', null)
    .execute();
  return left.length;
}
