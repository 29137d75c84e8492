import type { HandlersOf } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { secret } from '../../kernel/secret.ts';
import { txNow } from '../../platform/db/index.ts';
import { OidcError } from '../../platform/oidc/index.ts';
import { exchangeCode } from './codes.ts';
import type { WebSignInDeps } from './deps.ts';
import { passkeyUrl } from './passkey-page.ts';
import { type AgencyProvider, forgetProvider, keepProvider, providerOf } from './providers.ts';
import { redirectUriOf } from './sso.ts';
import { waysOf } from './ways.ts';

/** Without the secret, which is never read back. */
function shown({ label, issuer, clientId, domains, factorValues, roleClaim, roles }: AgencyProvider) {
  return {
    label,
    issuer,
    clientId,
    domains: [...domains],
    factorValues: [...factorValues],
    roleClaim,
    roles: [...roles],
  };
}

export function webSignInHandlers(deps: WebSignInDeps): HandlersOf<'web-sign-in'> {
  const { keyring, oidc, installation } = deps;
  return {
    'web-sign-in.exchange': ({ body, ip }) => exchangeCode(deps, body, ip),

    'web-sign-in.settings': ({ actor, across }) =>
      across('sign-in', async tx => {
        const provider = await providerOf(tx, keyring, actor.agencyId);
        return {
          ways: [...(await waysOf(tx, actor.agencyId))],
          provider: provider && shown(provider),
          redirectUri: redirectUriOf(installation.publicUrl()),
        };
      }),

    async 'web-sign-in.set-ways'({ tx, actor, body, audit }) {
      const ways = [...new Set(body.ways)];
      if (ways.length === 1 && ways[0] === 'oidc')
        fail('invalid_request', {
          detail: 'Allow one more way beside the identity provider: nobody could come in while it does not answer.',
        });
      const row = { ways, updated_at: txNow(tx), updated_by: actor.personId };
      await tx
        .insertInto('sign_in_settings')
        .values({ agency_id: actor.agencyId, ...row })
        .onConflict(conflict => conflict.column('agency_id').doUpdateSet(row))
        .execute();
      await audit({ subjectType: 'agency', subjectId: actor.agencyId, detail: { ways: ways.join('+') } });
      return { ways };
    },

    async 'web-sign-in.set-provider'({ actor, body, across }) {
      const before = await across('sign-in', tx => providerOf(tx, keyring, actor.agencyId));
      const isSame = before?.issuer === body.issuer && before.clientId === body.clientId;
      const clientSecret = body.clientSecret ? secret(body.clientSecret) : isSame ? before.clientSecret : null;
      if (clientSecret === null)
        fail('invalid_request', { detail: 'Type the client secret: it belongs to one issuer and one client.' });
      // Asked before anything is kept, so that nobody is sent to an address where no provider is.
      await oidc.check(body.issuer).catch(error => {
        if (!(error instanceof OidcError)) throw error;
        return fail('provider_refused', {
          detail:
            error.reason === 'unreachable'
              ? 'No server answers at the issuer. Check the address; it must be reachable from this backend.'
              : 'The server at the issuer is no OpenID provider, names another issuer, or signs with neither RS256 nor ES256.',
        });
      });
      const provider: AgencyProvider = { ...body, clientSecret, agencyId: actor.agencyId };
      await across('sign-in', async (tx, audit) => {
        await keepProvider(tx, keyring, provider, actor.personId);
        await audit({
          ...{ subjectType: 'agency', subjectId: actor.agencyId },
          detail: { issuer: body.issuer, ownFactor: body.factorValues.length > 0, joins: body.roleClaim !== null },
        });
      });
      return shown(provider);
    },

    'web-sign-in.remove-provider': ({ actor, across }) =>
      across('sign-in', async (tx, audit) => {
        const removed = await forgetProvider(tx, actor.agencyId);
        await audit({ subjectType: 'agency', subjectId: actor.agencyId, detail: { removed } });
        return null;
      }),

    'web-sign-in.add-passkey': ({ actor, across }) =>
      across('sign-in', async (tx, audit) => {
        const url = await passkeyUrl(deps, tx, actor);
        await audit({ subjectType: 'person', subjectId: actor.personId, detail: { kind: 'passkey' } });
        return { url };
      }),
  };
}
