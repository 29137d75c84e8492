import { z } from 'zod';
import { AppError, fail } from '../../kernel/errors.ts';
import { withSystem } from '../../platform/db/index.ts';
import {
  definePage,
  field,
  type Html,
  html,
  mark,
  type PageAnswer,
  type PageDefinition,
  page,
  redirect,
  steps,
} from '../../platform/pages/index.ts';
import {
  PASSKEY_SCRIPT,
  registered,
  registrationOptions,
  relyingPartyOf,
  signInOptions,
} from '../../platform/webauthn/index.ts';
import { type Joined, readInvitation } from '../identity/index.ts';
import type { WebSignInDeps } from './deps.ts';
import { EVENTS } from './events.ts';
import type { JoinState } from './flows.ts';
import { isKept, keepPasskey, passkeysOf, whoSigned } from './passkeys.ts';
import { connectIdentity } from './providers.ts';
import { authenticatorView, faultView, passkeyForm, recoveryCodesView } from './views.ts';

const Token = z.strictObject({ token: z.string().min(20).max(120) });
const Flow = z.strictObject({ flow: z.uuid() });

const AcceptForm = z.strictObject({
  name: z.string().trim().min(1).max(120).optional(),
  password: z.string().min(1).max(256),
});
const FactorForm = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('totp'), code: z.string().trim().max(40) }),
  z.strictObject({ do: z.literal('passkey'), response: z.string().max(12_000) }),
  z.strictObject({ do: z.literal('finish') }),
]);

const ROLE_WORDS = {
  owner: 'owner',
  admin: 'admin',
  manager: 'manager',
  agent: 'agent',
  analyst: 'analyst',
  client: 'client’s own staff',
} as const;

const CLOSED = {
  accepted: [
    'This invitation has been used',
    'If it was you, start the console and sign in. If not, tell an owner of your agency at once.',
  ],
  revoked: ['This invitation was withdrawn', 'Use the newest invitation in your mail, or ask for a new one.'],
  expired: ['This invitation is older than 72 hours', 'Ask whoever invited you to send it again.'],
} as const;

/** From the link of an invitation to a membership. */
export function joinPages(deps: WebSignInDeps): readonly PageDefinition[] {
  const { flows, accounts, db } = deps;
  const { enrolments } = accounts;
  const party = () => relyingPartyOf(deps.installation.publicUrl());
  const invitationOf = (token: string) => withSystem(db, 'people', tx => readInvitation(tx, token));

  async function acceptView(token: string, csrf: Html, fault: AppError | null, typed?: string): Promise<PageAnswer> {
    const invitation = await invitationOf(token);
    if (invitation === null)
      return page(
        'This invitation is not valid',
        html`${mark('bad')}<p class="lead">Check that the whole link was copied, or ask whoever invited you to send it again.</p>`,
        { status: 404 },
      );
    if (invitation.state !== 'open') {
      const [title, next] = CLOSED[invitation.state];
      return page(title, html`${mark('bad')}<p class="lead">${next}</p>`, { status: 410 });
    }
    const { agencyName, email, role, hasAccount } = invitation;
    return page(
      `Join ${agencyName}`,
      html`${steps(1, 3)}${faultView(fault)}
<dl class="facts"><dt>Address</dt><dd>${email}</dd><dt>Role</dt><dd>${ROLE_WORDS[role]}</dd></dl>
<form method="post">${csrf}
<input type="email" name="_" value="${email}" autocomplete="username" readonly hidden aria-hidden="true" tabindex="-1" disabled>
${
  hasAccount
    ? html`<p class="lead">You have an account with this address. Its password lets you join.</p>`
    : field({
        name: 'name',
        label: 'Your name',
        autocomplete: 'name',
        hint: 'As your colleagues know you.',
        maxLength: 120,
        focus: true,
        ...(typed === undefined ? {} : { value: typed }),
      })
}
${field({
  name: 'password',
  label: hasAccount ? 'Password' : 'Choose a password',
  type: 'password',
  autocomplete: hasAccount ? 'current-password' : 'new-password',
  maxLength: 256,
  ...(hasAccount
    ? {}
    : { minLength: 12, hint: 'At least 12 characters. Three or four words that do not belong together are good.' }),
})}
<button>Continue</button></form>`,
    );
  }

  async function factorView(
    id: string,
    state: JoinState,
    token: Html,
    browser: Buffer,
    fault: AppError | null,
  ): Promise<PageAnswer> {
    if (state.needs === 'code') {
      const { json, challenge } = await signInOptions(party());
      await flows.change('join', id, browser, { challenge });
      return page(
        'Confirm that it is you',
        html`${steps(2, 3)}${faultView(fault)}<p class="lead">With the second factor that your account has.</p>
${passkeyForm({ json, domain: party().id }, 'ask', token, 'Use a passkey', 'quiet')}
<div class="or" data-with-passkey hidden>or</div>
<form method="post">${token}<input type="hidden" name="do" value="totp">
${field({ name: 'code', label: 'Code from your authenticator', autocomplete: 'one-time-code', maxLength: 7, pattern: '[0-9 ]{6,7}', numeric: true, className: 'code', focus: true })}
<button>Continue</button></form>`,
      );
    }
    const totp = state.totp ?? (await beginTotp(state.ticket));
    const known = await withSystem(db, 'sign-in', tx => passkeysOf(tx, state.personId));
    const options = await registrationOptions(
      party(),
      { id: state.personId, email: state.email, name: state.name },
      known,
    );
    await flows.change('join', id, browser, { totp, challenge: options.challenge });
    const passkey = { json: options.json, domain: party().id };
    return authenticatorView({ ...totp, token, fault, passkey, optional: state.needs === 'nothing' });
  }

  async function beginTotp(ticket: string) {
    const { secret, otpauthUrl } = await enrolments.beginTotp(ticket);
    return { secret, url: otpauthUrl };
  }

  /** Everything that a confirmed factor brings with it. */
  async function finished(id: string, state: JoinState, joined: Joined): Promise<PageAnswer> {
    await withSystem(db, 'sign-in', async tx => {
      if (state.identity !== null) await connectIdentity(tx, state.identity, joined.personId);
      await flows.end(tx, id);
    });
    return recoveryCodesView({
      title: state.purpose === 'recovery' ? 'Your account is yours again' : 'You have joined',
      email: joined.email,
      codes: joined.recoveryCodes,
      recovered: state.purpose === 'recovery',
    });
  }

  async function act(
    form: z.output<typeof FactorForm>,
    id: string,
    state: JoinState,
    browser: Buffer,
    ip: string,
  ): Promise<PageAnswer> {
    if (form.do === 'finish') return finished(id, state, await enrolments.finish(state.ticket));
    if (form.do === 'totp') {
      const code = form.code.replaceAll(' ', '');
      const joined =
        state.needs === 'code'
          ? await enrolments.confirmExisting(state.ticket, code, ip)
          : await enrolments.confirmTotp(state.ticket, code);
      return finished(id, state, joined);
    }
    const refused = (): never =>
      fail('totp_refused', { detail: 'This passkey was not accepted. Try again, or use an authenticator app.' });
    await flows.change('join', id, browser, { challenge: null });
    if (state.challenge === null) return refused();
    const { challenge } = state;
    if (state.needs === 'code') {
      const joined = await withSystem(db, 'people', async tx => {
        const person = await whoSigned(tx, party(), challenge, form.response);
        return person?.personId === state.personId ? enrolments.finishByOwnPasskey(tx, state.ticket) : null;
      });
      return joined === null ? refused() : finished(id, state, joined);
    }
    const passkey = await registered(party(), challenge, form.response);
    const joined =
      passkey &&
      (await withSystem(db, 'people', async tx => {
        if (await isKept(tx, passkey)) return null;
        const done = await enrolments.finishWithPasskey(tx, state.ticket, 'Passkey');
        await keepPasskey(tx, done.personId, done.factorId, passkey);
        return done;
      }));
    return joined ? finished(id, state, joined) : refused();
  }

  return [
    definePage(
      {
        id: 'web-sign-in.join',
        path: '/join/:token',
        summary: 'An invited person chooses a name and a password',
        dataClasses: ['account', 'credentials'],
        ratePerMinute: 60,
        params: Token,
        form: AcceptForm,
        audit: EVENTS,
      },
      {
        get: ({ params, token }) => acceptView(params.token, token, null),
        async post({ params, form, token, browser, ip }) {
          try {
            const accepted = await enrolments.accept(params.token, {
              name: form.name ?? '',
              password: form.password,
              ip,
            });
            return redirect(
              await withSystem(db, 'sign-in', tx => flows.beginJoin(tx, browser, 'invitation', accepted)),
            );
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            return acceptView(params.token, token, error, form.name);
          }
        },
      },
    ),
    definePage(
      {
        id: 'web-sign-in.factor',
        path: '/join/factor/:flow',
        summary: 'A person who joins sets up a second factor and gets recovery codes',
        dataClasses: ['account', 'credentials'],
        ratePerMinute: 60,
        params: Flow,
        form: FactorForm,
        script: PASSKEY_SCRIPT,
        audit: EVENTS,
      },
      {
        async get({ params, token, browser }) {
          return factorView(params.flow, await flows.read('join', params.flow, browser), token, browser, null);
        },
        async post({ params, form, token, browser, ip }) {
          const state = await flows.read('join', params.flow, browser);
          try {
            return await act(form, params.flow, state, browser, ip);
          } catch (error) {
            if (!(error instanceof AppError) || error.code !== 'totp_refused') throw error;
            return factorView(params.flow, await flows.read('join', params.flow, browser), token, browser, error);
          }
        },
      },
    ),
  ];
}
