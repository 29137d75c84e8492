import { SIGN_IN_WAYS, type SignInWay } from '@astrix/contract';
import type { AnyTx } from '../../platform/db/index.ts';
import './tables.ts';

/** The ways that an agency allows; all of them until an owner chooses. */
export async function waysOf(tx: AnyTx, agencyId: string): Promise<readonly SignInWay[]> {
  const row = await tx
    .selectFrom('sign_in_settings')
    .select('ways')
    .where('agency_id', '=', agencyId)
    .executeTakeFirst();
  return row?.ways ?? SIGN_IN_WAYS;
}

const isWay = (given: string): given is SignInWay => (SIGN_IN_WAYS as readonly string[]).includes(given);

/** Whether one of the things shown is a way that the agency allows: the others are second factors. */
export async function allowsWay(tx: AnyTx, agencyId: string, given: readonly string[]): Promise<boolean> {
  const ways = await waysOf(tx, agencyId);
  return given.some(one => isWay(one) && ways.includes(one));
}
