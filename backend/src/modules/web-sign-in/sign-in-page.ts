import { fields } from '@astrix/contract';
import { z } from 'zod';
import { AppError } from '../../kernel/errors.ts';
import { withSystem } from '../../platform/db/index.ts';
import {
  definePage,
  type Html,
  html,
  type PageAnswer,
  type PageDefinition,
  page,
  redirect,
} from '../../platform/pages/index.ts';
import { PASSKEY_SCRIPT, relyingPartyOf, signInOptions } from '../../platform/webauthn/index.ts';
import { factorsOf, type Given } from '../identity/index.ts';
import type { WebSignInDeps } from './deps.ts';
import { EVENTS } from './events.ts';
import { finishSignIn } from './finish.ts';
import type { SignInState } from './flows.ts';
import { requestLink, takeLinkCode } from './links.ts';
import { whoSigned } from './passkeys.ts';
import { agencyOfDomain, hasProviders } from './providers.ts';
import { beginSso } from './sso.ts';
import { chooseView, codeView, linkSentView, passwordView, ssoView } from './views.ts';

const base64url = (bytes: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`), `must be ${bytes} bytes in base64url`);

/** What a console says when it opens the browser (RFC 8252). There is one method of PKCE, and one address: loopback at a port. */
const Opening = z.strictObject({
  code_challenge: base64url(32),
  code_challenge_method: z.literal('S256', 'must be S256'),
  state: base64url(32),
  port: z.coerce.number().int().min(1024).max(65_535),
  device_key: base64url(32),
  device_name: z.string().trim().min(1).max(120),
});

const Flow = z.strictObject({ flow: z.uuid() });
const Code = z.string().trim().max(40);

const SignInForm = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('password'), email: fields.Email, password: z.string().min(1).max(256) }),
  z.strictObject({ do: z.literal('totp'), code: Code }),
  z.strictObject({ do: z.literal('recovery'), code: Code }),
  z.strictObject({ do: z.literal('passkey'), response: z.string().max(12_000) }),
  z.strictObject({ do: z.literal('link'), email: fields.Email }),
  z.strictObject({ do: z.literal('link-code'), code: Code }),
  z.strictObject({ do: z.literal('sso'), email: fields.Email }),
  z.strictObject({ do: z.literal('restart') }),
]);
type SignInForm = z.output<typeof SignInForm>;

const View = z.strictObject({ with: z.enum(['password', 'link', 'sso', 'recovery']).optional() });

/** The browser's part of a sign-in for a console. */
export function signInPages(deps: WebSignInDeps): readonly PageDefinition[] {
  const { flows, accounts } = deps;
  const party = () => relyingPartyOf(deps.installation.publicUrl());

  /** What is shown next, and why the last step failed. */
  async function show(
    id: string,
    state: SignInState,
    token: Html,
    browser: Buffer,
    view: string | undefined,
    fault: AppError | null = null,
  ): Promise<PageAnswer> {
    const { json, challenge } = await signInOptions(party());
    await flows.change('sign-in', id, browser, { challenge });
    const shared = { id, token, device: state.console.deviceName, fault, passkey: { json, domain: party().id } };
    if (state.person === null) {
      const sso = await withSystem(deps.db, 'sign-in', hasProviders);
      if (view === 'password' || state.identity !== null) return passwordView({ ...shared, identity: state.identity });
      if (view === 'sso' && sso) return ssoView(shared);
      if (state.linkTo !== null && view === undefined) return linkSentView({ ...shared, email: state.linkTo });
      return chooseView({ ...shared, sso, link: view === 'link', mail: deps.mail.ready });
    }
    const person = state.person;
    const factors = await withSystem(deps.db, 'sign-in', tx => factorsOf(tx, person.personId));
    return codeView({ ...shared, email: person.email, factors, recovery: view === 'recovery' });
  }

  /** Remembers who it is and what was shown, and goes on to the second factor or to the console. */
  const recognised = (id: string, browser: Buffer, given: Given, person: SignInState['person']): Promise<PageAnswer> =>
    withSystem(deps.db, 'sign-in', async tx => {
      const state = await flows.locked(tx, 'sign-in', id, browser);
      const next: SignInState = {
        ...state,
        person: state.person ?? person,
        given: [...new Set([...state.given, given])],
        challenge: null,
        linkTo: null,
      };
      await flows.save(tx, id, next);
      return finishSignIn(deps, tx, id, next);
    });

  async function act(
    form: SignInForm,
    id: string,
    state: SignInState,
    browser: Buffer,
    ip: string,
  ): Promise<PageAnswer> {
    const again = redirect(`/sign-in/${id}`);
    const isFirst = state.person === null;
    switch (form.do) {
      case 'restart':
        await flows.change('sign-in', id, browser, {
          person: null,
          given: [],
          identity: null,
          linkTo: null,
          attempt: null,
        });
        return again;
      case 'password':
        if (!isFirst) return again;
        return recognised(id, browser, 'password', await accounts.checkPassword(form.email, form.password, ip));
      case 'totp':
        if (state.person === null) return again;
        await accounts.checkTotp(state.person, form.code.replaceAll(' ', ''), ip);
        return recognised(id, browser, 'totp', null);
      case 'recovery':
        if (state.person === null) return again;
        await accounts.checkRecoveryCode(state.person, form.code, ip);
        return recognised(id, browser, 'recovery', null);
      case 'passkey': {
        const person = await withSystem(deps.db, 'sign-in', async tx => {
          const { challenge } = await flows.locked(tx, 'sign-in', id, browser);
          if (challenge === null) return null;
          // A challenge works once, whatever comes of it.
          await flows.save(tx, id, { ...(await flows.locked(tx, 'sign-in', id, browser)), challenge: null });
          return whoSigned(tx, party(), challenge, form.response);
        });
        if (person === null || (state.person !== null && state.person.personId !== person.personId))
          throw new AppError('totp_refused', {
            detail: 'This passkey was not accepted. It may have been removed; choose another way to sign in.',
          });
        return recognised(id, browser, 'passkey', person);
      }
      case 'link':
        if (!isFirst) return again;
        await requestLink(deps, id, form.email, state.console.deviceName);
        await flows.change('sign-in', id, browser, { linkTo: form.email });
        return again;
      case 'link-code': {
        const person = await withSystem(deps.db, 'sign-in', tx => takeLinkCode(tx, id, form.code.replaceAll(' ', '')));
        if (person === null || !isFirst)
          throw new AppError('totp_refused', {
            detail: 'That is not the code which the other device shows. After five tries, ask for a new link.',
          });
        return recognised(id, browser, 'link', person);
      }
      case 'sso': {
        if (!isFirst) return again;
        const agencyId = await withSystem(deps.db, 'sign-in', tx => agencyOfDomain(tx, form.email));
        if (agencyId === null)
          throw new AppError('not_found', {
            detail: 'No agency here has set up single sign-on for this address. Choose another way to sign in.',
          });
        return beginSso(deps, 'sign-in', id, browser, agencyId, form.email);
      }
    }
  }

  return [
    definePage(
      {
        id: 'web-sign-in.begin',
        path: '/sign-in',
        summary: 'A console sends its person here to sign in',
        dataClasses: ['credentials'],
        ratePerMinute: 60,
        query: Opening.partial(),
        audit: [],
      },
      {
        async get({ query, browser, db }) {
          const opening = Opening.safeParse(query);
          if (!opening.success)
            return page(
              'Sign in from Astrix Console',
              html`<p class="lead">This page is opened by the console. Start Astrix Console on this computer and choose <strong>Sign in with the browser</strong>.</p>
<p class="meta">If the console has just opened this page, it is of another version than this server. Update it and try again.</p>`,
            );
          const { data } = opening;
          const id = await withSystem(db, 'sign-in', tx =>
            flows.begin(tx, browser, {
              kind: 'sign-in',
              console: {
                challenge: data.code_challenge,
                state: data.state,
                port: data.port,
                deviceKey: data.device_key,
                deviceName: data.device_name,
              },
              ...{ person: null, given: [], attempt: null, identity: null, challenge: null, linkTo: null },
            }),
          );
          return redirect(`/sign-in/${id}`);
        },
      },
    ),
    definePage(
      {
        id: 'web-sign-in.sign-in',
        path: '/sign-in/:flow',
        summary: 'Sign in with password, passkey, link or identity provider, and a second factor',
        dataClasses: ['account', 'credentials'],
        ratePerMinute: 60,
        params: Flow,
        query: View,
        form: SignInForm,
        script: PASSKEY_SCRIPT,
        audit: EVENTS,
      },
      {
        async get({ params, query, token, browser }) {
          const state = await flows.read('sign-in', params.flow, browser);
          return show(params.flow, state, token, browser, query.with);
        },
        async post({ params, form, token, browser, ip }) {
          const state = await flows.read('sign-in', params.flow, browser);
          try {
            return await act(form, params.flow, state, browser, ip);
          } catch (error) {
            if (!(error instanceof AppError) || error.code === 'challenge_expired') throw error;
            const now = await flows.read('sign-in', params.flow, browser);
            const view = { recovery: 'recovery', password: 'password', sso: 'sso', link: 'link' }[form.do as string];
            return show(params.flow, now, token, browser, view, error);
          }
        },
      },
    ),
  ];
}
