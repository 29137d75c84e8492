import { AppError } from '../../kernel/errors.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import { html, mark, type PageAnswer, page, redirect } from '../../platform/pages/index.ts';
import { findAccount, suffices } from '../identity/index.ts';
import { newSignInCode } from './codes.ts';
import type { WebSignInDeps } from './deps.ts';
import type { SignInState } from './flows.ts';
import { connectIdentity } from './providers.ts';
import { allowsWay } from './ways.ts';

/** Goes back to the console with a code when what was shown is enough for the role, and else on to the second factor (AU-10). */
export async function finishSignIn(
  { flows, audit }: WebSignInDeps,
  tx: SystemTx,
  id: string,
  state: SignInState,
): Promise<PageAnswer> {
  const { person, given } = state;
  if (person === null) return redirect(`/sign-in/${id}`);
  const account = await findAccount(tx, person);
  if (account?.agencyId !== person.agencyId) throw new AppError('sign_in_refused');
  if (!suffices(account.role, given)) return redirect(`/sign-in/${id}`);
  if (!(await allowsWay(tx, person.agencyId, given)))
    throw new AppError('forbidden', {
      detail: 'Your agency does not allow this way to sign in. Choose another one, or ask an owner.',
    });
  if (state.identity !== null && state.identity.agencyId === person.agencyId && state.identity.email === person.email) {
    await connectIdentity(tx, state.identity, person.personId);
    await audit.write(tx, {
      ...{ event: 'factor.add', agencyId: person.agencyId, actorId: person.personId, sessionId: null },
      ...{ subjectType: 'person', subjectId: person.personId, detail: { kind: 'oidc' } },
    });
  }
  const code = await newSignInCode(tx, state, person);
  await flows.end(tx, id);
  const to = new URL(`http://127.0.0.1:${state.console.port}/signed-in`);
  to.searchParams.set('state', state.console.state);
  to.searchParams.set('code', code);
  return page(
    'You are signed in',
    html`${mark('good')}<p class="lead">Astrix Console on <strong>${state.console.deviceName}</strong> goes on by itself. You can close this tab.</p>
<a class="button quiet" href="${to.href}">Back to the console</a>
<p class="meta">If nothing happens there, choose the button within a minute.</p>`,
    { forward: to.href },
  );
}
