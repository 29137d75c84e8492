import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { secret } from '../../kernel/secret.ts';
import { sha256 } from '../../platform/crypto/index.ts';
import { txNow } from '../../platform/db/index.ts';
import { keepProvider } from './providers.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'web-sign-in.exchange': () => ({
      code: 'x'.repeat(43),
      verifier: 'v'.repeat(43),
      port: 50_000,
      device: { name: 'x', platform: 'linux', key: 'A'.repeat(43) },
    }),
    'web-sign-in.set-ways': () => ({ ways: ['password', 'passkey'] }),
    'web-sign-in.set-provider': () => ({
      label: 'Nowhere',
      issuer: 'http://127.0.0.1:9',
      clientId: 'client',
      clientSecret: 'not a secret',
      domains: ['agency.example'],
      factorValues: [],
      roleClaim: null,
      roles: [],
    }),
  },
  async plant(tx, { agencyId, personId, mark, keyring }) {
    const now = txNow(tx);
    const changed = { updated_at: now, updated_by: personId };
    await tx
      .insertInto('sign_in_settings')
      .values({ agency_id: agencyId, ways: ['password', 'link', 'passkey', 'oidc'], ...changed })
      .onConflict(conflict => conflict.doNothing())
      .execute();
    await keepProvider(
      tx,
      keyring,
      {
        agencyId,
        label: 'Nowhere',
        issuer: 'https://id.example',
        clientId: mark,
        clientSecret: secret('not a secret'),
        domains: [`${mark}.example`],
        factorValues: [],
        roleClaim: null,
        roles: [],
      },
      personId,
    );
    await tx
      .insertInto('oidc_identities')
      .values({
        ...{ agency_id: agencyId, issuer: 'https://id.example', subject: mark, person_id: personId },
        ...{ created_at: now, last_used_at: now },
      })
      .execute();
    await tx
      .insertInto('sign_in_codes')
      .values({
        hash: sha256(`code ${mark}`),
        person_id: personId,
        agency_id: agencyId,
        given: ['password'],
        challenge: mark,
        port: 50_000,
        device_key_hash: sha256(mark),
        expires_at: new Date(now.getTime() + 60_000),
      })
      .execute();
    return {};
  },
};
