import { z } from 'zod';
import { AppError, fail } from '../../kernel/errors.ts';
import { withSystem } from '../../platform/db/index.ts';
import { newAttempt, OidcError } from '../../platform/oidc/index.ts';
import {
  definePage,
  html,
  mark,
  type PageAnswer,
  type PageDefinition,
  page,
  redirect,
} from '../../platform/pages/index.ts';
import { type Given, invite } from '../identity/index.ts';
import type { WebSignInDeps } from './deps.ts';
import { EVENTS } from './events.ts';
import { finishSignIn } from './finish.ts';
import type { SignInState } from './flows.ts';
import { hasOwnFactor, judgeClaims, providerOf, type Verdict } from './providers.ts';

export const redirectUriOf = (publicUrl: string): string => `${publicUrl}/sign-in/sso/callback`;

/** Sends the browser to the agency's identity provider. What belongs to the attempt is kept in the flow of this browser (AU-03). */
export async function beginSso(
  deps: WebSignInDeps,
  kind: 'sign-in',
  id: string,
  browser: Buffer,
  agencyId: string,
  email: string | null,
): Promise<PageAnswer> {
  const provider =
    (await withSystem(deps.db, 'sign-in', tx => providerOf(tx, deps.keyring, agencyId))) ?? fail('not_found');
  const random = newAttempt();
  // The flow is found by its id in the state, and the whole state is compared.
  const attempt = { ...random, state: `${id}.${random.state}`, agencyId };
  await deps.flows.change(kind, id, browser, { attempt });
  try {
    const url = await deps.oidc.begin(provider, attempt, redirectUriOf(deps.installation.publicUrl()), email);
    return page(
      `Going to ${provider.label}`,
      html`${mark('wait')}<p class="lead">Sign in there, and you come back here by yourself.</p>
<a class="button" href="${url}">Go to ${provider.label}</a>`,
      { forward: url },
    );
  } catch (error) {
    throw refusalOf(error, provider.label);
  }
}

const WORDS: Readonly<Record<OidcError['reason'], string>> = {
  unreachable: 'does not answer at the moment. Try again in a few minutes, or choose another way to sign in.',
  'not-a-provider': 'cannot be used at the moment. Tell an owner of your agency to check its settings.',
  declined: 'says that you did not allow it. Nobody was signed in.',
  refused: 'sent an answer that does not belong to this sign-in. Start again.',
  token: 'sent an answer that could not be verified. Nobody was signed in; tell an owner of your agency.',
};

function refusalOf(error: unknown, label: string): unknown {
  if (!(error instanceof OidcError)) return error;
  const code = error.reason === 'unreachable' ? 'unavailable' : 'browser_sign_in_refused';
  return new AppError(code, { detail: `${label} ${WORDS[error.reason]}` });
}

/** An identity provider that goes mad brings no more than this. */
const JOINS_PER_DAY = 200;

const Callback = z.object({
  state: z.string().max(200),
  code: z.string().max(4000).optional(),
  iss: z.string().max(500).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(2000).optional(),
  session_state: z.string().max(500).optional(),
});

/** Where the identity provider sends the browser back to: the one page on which a GET goes on, because providers send nothing else. */
export function ssoPages(deps: WebSignInDeps): readonly PageDefinition[] {
  const { flows } = deps;

  /** Takes the attempt out of its flow: state, nonce and verifier work once. */
  const takeAttempt = (id: string, browser: Buffer) =>
    withSystem(deps.db, 'sign-in', async tx => {
      const state = await flows.locked(tx, 'sign-in', id, browser);
      await flows.save(tx, id, { ...state, attempt: null });
      const provider = state.attempt && (await providerOf(tx, deps.keyring, state.attempt.agencyId));
      return state.attempt && provider ? { attempt: state.attempt, provider } : null;
    });

  /**
   * Somebody whom the owner lets in by their group (A8). They get an invitation that is accepted at once; what is missing is the second factor,
   * unless the provider's own counts.
   */
  async function join(
    id: string,
    browser: Buffer,
    { identity, role, name }: Extract<Verdict, { kind: 'join' }>,
    given: readonly Given[],
  ): Promise<PageAnswer> {
    const { agencyId, email } = identity;
    const { token } = await withSystem(deps.db, 'people', tx =>
      invite(tx, agencyId, null, { email, role, clientIds: [], teamIds: [] }, JOINS_PER_DAY),
    );
    const accepted = await deps.accounts.enrolments.accept(token, { name, password: null, given, ip: '' });
    return withSystem(deps.db, 'sign-in', async tx => {
      await flows.end(tx, id);
      return redirect(await flows.beginJoin(tx, browser, 'invitation', accepted, identity));
    });
  }

  async function goOn(id: string, browser: Buffer, verdict: Verdict, given: readonly Given[]): Promise<PageAnswer> {
    if (verdict.kind === 'stranger' || verdict.kind === 'unverified') return refused(id, verdict.kind);
    if (verdict.kind === 'join') return join(id, browser, verdict, given);
    return withSystem(deps.db, 'sign-in', async tx => {
      const state = await flows.locked(tx, 'sign-in', id, browser);
      if (verdict.kind === 'known') {
        const next: SignInState = { ...state, person: verdict.person, given, identity: null };
        await flows.save(tx, id, next);
        return finishSignIn(deps, tx, id, next);
      }
      await flows.save(tx, id, { ...state, person: null, given: [], identity: verdict.identity });
      return redirect(`/sign-in/${id}`);
    });
  }

  return [
    definePage(
      {
        id: 'web-sign-in.callback',
        path: '/sign-in/sso/callback',
        summary: 'The identity provider sends the browser back',
        dataClasses: ['account', 'credentials'],
        ratePerMinute: 60,
        query: Callback,
        audit: EVENTS,
      },
      {
        async get({ query, browser }) {
          const id = z.uuid().safeParse(query.state.split('.')[0]).data ?? fail('browser_sign_in_refused');
          const taken = (await takeAttempt(id, browser)) ?? fail('browser_sign_in_refused');
          const { attempt, provider } = taken;
          const parameters = new URLSearchParams(
            Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined),
          );
          try {
            const claims = await deps.oidc.finish(
              provider,
              attempt,
              redirectUriOf(deps.installation.publicUrl()),
              parameters,
            );
            const verdict = await withSystem(deps.db, 'sign-in', tx => judgeClaims(tx, provider, claims));
            return await goOn(id, browser, verdict, hasOwnFactor(provider, claims) ? ['oidc', 'provider'] : ['oidc']);
          } catch (error) {
            throw refusalOf(error, provider.label);
          }
        },
      },
    ),
  ];
}

const refused = (id: string, why: 'stranger' | 'unverified'): PageAnswer =>
  page(
    'You could not be signed in',
    html`${mark('bad')}<p class="lead">${
      why === 'stranger'
        ? 'Your identity provider knows you, but nobody of this agency has invited you. Ask an owner or admin for an invitation.'
        : 'Your identity provider has not verified your e-mail address, so that we cannot tell whose it is. Ask whoever looks after it.'
    }</p><a class="button quiet" href="/sign-in/${id}">Choose another way</a>`,
    { status: 403 },
  );
