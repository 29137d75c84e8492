import type { ReplyOf, Routes } from '@astrix/contract';
import type { DemoCast, Services } from '../../composition/index.ts';
import { secret } from '../../kernel/secret.ts';
import { hashPassword } from '../../platform/crypto/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import { currentCode } from './factors/totp.ts';
import { addMember, createAgency, createPerson } from './members/people.ts';

/** The agencies and people of the demo. */
export async function seedPeople(
  { keyring, passwords }: Pick<Services, 'keyring' | 'passwords'>,
  tx: SystemTx,
  { agency, otherAgency, people, password }: DemoCast,
): Promise<void> {
  await createAgency(tx, agency);
  await createAgency(tx, otherAgency);
  const passwordHash = await hashPassword(password, passwords.cost);
  for (const person of people) {
    await createPerson(tx, keyring, { ...person, passwordHash, totp: person.totp ? secret(person.totp) : null });
    await addMember(tx, agency.id, person.id, person.role);
  }
}

export type DemoPeople = ReplyOf<Routes['identity.demo-people']>['people'];

/** Who can sign in to the demo, with the authenticator code of this moment, so that nobody is stuck. */
export const demoPeople = ({ people, password }: DemoCast, now: Date): Promise<DemoPeople> =>
  Promise.all(
    people.map(async ({ name, email, role, about, totp }) => {
      const shown = totp === null ? null : await currentCode(totp, now);
      return { name, email, role, about, password, code: shown?.code ?? null, codeExpiresIn: shown?.expiresIn ?? null };
    }),
  );
