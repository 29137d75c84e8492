import { z } from 'zod';
import { fail } from '../../kernel/errors.ts';
import { randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type SystemTx, withSystem } from '../../platform/db/index.ts';
import {
  definePage,
  type Html,
  html,
  mark,
  notice,
  type PageAnswer,
  type PageDefinition,
  page,
} from '../../platform/pages/index.ts';
import { PASSKEY_SCRIPT, registered, registrationOptions, relyingPartyOf } from '../../platform/webauthn/index.ts';
import { findAccount } from '../identity/index.ts';
import type { WebSignInDeps } from './deps.ts';
import type { PasskeyState } from './flows.ts';
import { isKept, keepPasskey, passkeysOf } from './passkeys.ts';
import { passkeyForm, recoveryCodesView } from './views.ts';

/** The address names the flow, and a secret that only the console has got. */
const Ticket = z.strictObject({ ticket: z.string().regex(/^[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/) });

/** Begins to set up a passkey for somebody who is signed in; answers the address of the page on which a browser does it. */
export async function passkeyUrl(
  { flows, installation }: WebSignInDeps,
  tx: SystemTx,
  actor: { readonly personId: string; readonly agencyId: string; readonly sessionId: string },
): Promise<string> {
  const { personId, agencyId, sessionId } = actor;
  const { email, name } = (await findAccount(tx, { personId })) ?? fail('not_found');
  const { challenge } = await registrationOptions(
    relyingPartyOf(installation.publicUrl()),
    { id: personId, email, name },
    [],
  );
  const key = randomToken(32);
  const state: PasskeyState = { kind: 'passkey', personId, agencyId, sessionId, email, name, challenge };
  const id = await flows.begin(tx, sha256(`passkey\n${key}`), state);
  return `${relyingPartyOf(installation.publicUrl()).origin}/passkey/${id}.${key}`;
}

/** Where a person adds a passkey to their account. */
export function passkeyPage(deps: WebSignInDeps): PageDefinition {
  const { flows, audit, db } = deps;
  const party = () => relyingPartyOf(deps.installation.publicUrl());
  const split = (ticket: string) => {
    const [id = '', key = ''] = ticket.split('.');
    return { id, key: sha256(`passkey\n${key}`) };
  };

  async function view(ticket: string, token: Html, refused: boolean): Promise<PageAnswer> {
    const { id, key } = split(ticket);
    const state = await flows.read('passkey', id, key);
    const known = await withSystem(db, 'sign-in', tx => passkeysOf(tx, state.personId));
    const { json, challenge } = await registrationOptions(party(), { ...state, id: state.personId }, known);
    await flows.change('passkey', id, key, { challenge });
    return page(
      'Set up a passkey',
      html`${refused ? notice('bad', 'This passkey was not accepted.', 'Try again, or use another device.') : null}
<p class="lead">For <strong>${state.email}</strong>. It lets you sign in with your fingerprint, your face or the PIN of this device, without a password and without a code.</p>
${passkeyForm({ json, domain: party().id }, 'make', token, 'Set up the passkey', 'primary')}
<p class="notice wait" data-without-passkey>This browser has no passkeys here. Open this address in another browser, such as Chrome, Edge, Firefox or Safari in its current version.</p>`,
    );
  }

  return definePage(
    {
      id: 'web-sign-in.passkey',
      path: '/passkey/:ticket',
      summary: 'A signed-in person adds a passkey to their account',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 30,
      params: Ticket,
      form: z.strictObject({ do: z.literal('passkey'), response: z.string().max(12_000) }),
      script: PASSKEY_SCRIPT,
      audit: ['factor.add'],
    },
    {
      get: ({ params, token }) => view(params.ticket, token, false),
      async post({ params, form, token }) {
        const { id, key } = split(params.ticket);
        const { challenge } = await flows.read('passkey', id, key);
        const passkey = await registered(party(), challenge, form.response);
        const done =
          passkey &&
          (await withSystem(db, 'sign-in', async tx => {
            const state = await flows.locked(tx, 'passkey', id, key);
            if (await isKept(tx, passkey)) return null;
            const { factorId, recoveryCodes } = await deps.accounts.ownSecurity.addPasskey(tx, state, 'Passkey');
            await keepPasskey(tx, state.personId, factorId, passkey);
            await flows.end(tx, id);
            await audit.write(tx, {
              ...{ event: 'factor.add', agencyId: state.agencyId, actorId: state.personId, sessionId: state.sessionId },
              ...{ subjectType: 'factor', subjectId: factorId, detail: { kind: 'passkey' } },
            });
            return { email: state.email, recoveryCodes };
          }));
        if (!done) return view(params.ticket, token, true);
        if (done.recoveryCodes !== null)
          return recoveryCodesView({
            title: 'Your passkey is set up',
            email: done.email,
            codes: done.recoveryCodes,
            recovered: true,
          });
        return page(
          'Your passkey is set up',
          html`${mark('good')}<p class="lead">From now on you can choose <strong>Sign in with the browser</strong> in the console, and then your passkey. You can close this tab.</p>`,
        );
      },
    },
  );
}
