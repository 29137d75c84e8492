import type { DemoPeople } from '../composition/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { currentCode } from '../modules/identity/index.ts';
import { DEMO_PASSWORD, DEMO_PEOPLE } from './cast.ts';

export { DEMO_AGENCY, DEMO_CLIENTS, DEMO_PASSWORD, DEMO_PEOPLE, OTHER_AGENCY } from './cast.ts';
export { seedDemo } from './seed.ts';

/** Who can sign in to the demo, with the authenticator code of this moment, so that nobody is stuck. */
export function demoPeople(clock: Clock): DemoPeople {
  return () =>
    Promise.all(
      DEMO_PEOPLE.map(async ({ name, email, role, about, totp }) => {
        const shown = totp === null ? null : await currentCode(totp, clock.now());
        return {
          name,
          email,
          role,
          about,
          password: DEMO_PASSWORD,
          code: shown?.code ?? null,
          codeExpiresIn: shown?.expiresIn ?? null,
        };
      }),
    );
}
