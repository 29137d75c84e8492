import { z } from 'zod';
import { AppError } from '../../kernel/errors.ts';
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
import { readRecovery } from '../identity/index.ts';
import type { WebSignInDeps } from './deps.ts';
import { faultView } from './views.ts';

/** In Indian time, because the agency's people read it there. */
const moment = new Intl.DateTimeFormat('en-IN', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Kolkata' });

/** What somebody does who cannot sign in, and where the link of a recovery leads (A7). */
export function recoverPages(deps: WebSignInDeps): readonly PageDefinition[] {
  const { flows, accounts, db } = deps;

  async function view(token: string, csrf: Html, fault: AppError | null): Promise<PageAnswer> {
    const recovery = await withSystem(db, 'people', tx => readRecovery(tx, token));
    if (recovery === null || recovery.state === 'ended')
      return page(
        'This link does not work any more',
        html`${mark('bad')}<p class="lead">It was used or stopped, or its time is over. Ask an owner or admin of your agency to start again.</p>`,
        { status: 410 },
      );
    if (recovery.state === 'waiting')
      return page(
        'This recovery waits',
        html`${mark('wait')}<p class="lead">It can be used from <strong>${moment.format(recovery.readyAt)}</strong>, Indian time. Until then everybody whom it concerns can stop it, so that nobody takes your account behind your back.</p><p>Open the link again then.</p>`,
      );
    return page(
      'Recover your account',
      html`${steps(1, 3)}${faultView(fault)}
<p class="lead">For <strong>${recovery.email}</strong> at ${recovery.agencyName}. Your old password, authenticators and passkeys end with it, and so do all sessions.</p>
<form method="post">${csrf}
${field({
  name: 'password',
  label: 'Choose a new password',
  type: 'password',
  autocomplete: 'new-password',
  minLength: 12,
  maxLength: 256,
  hint: 'At least 12 characters. Three or four words that do not belong together are good.',
  focus: true,
})}
<button>Continue</button></form>`,
    );
  }

  return [
    definePage(
      {
        id: 'web-sign-in.recover',
        path: '/recover/:token',
        summary: 'A person sets up their account anew, after an owner or admin has started it',
        dataClasses: ['account', 'credentials'],
        ratePerMinute: 30,
        params: z.strictObject({ token: z.string().min(20).max(120) }),
        form: z.strictObject({ password: z.string().min(1).max(256) }),
        audit: ['recovery.complete'],
      },
      {
        get: ({ params, token }) => view(params.token, token, null),
        async post({ params, form, token, browser }) {
          try {
            const recovered = await accounts.enrolments.recover(params.token, form.password);
            return redirect(await withSystem(db, 'sign-in', tx => flows.beginJoin(tx, browser, 'recovery', recovered)));
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            return view(params.token, token, error);
          }
        },
      },
    ),
    definePage(
      {
        id: 'web-sign-in.recover-help',
        path: '/recover',
        summary: 'What a person can do who cannot sign in',
        dataClasses: ['public'],
        ratePerMinute: 60,
        audit: [],
      },
      {
        get: async () =>
          page(
            'When you cannot sign in',
            html`<h2>Your phone or authenticator is lost</h2>
<p>Sign in with your password, and choose <strong>Use a recovery code</strong> where a code is asked for. You got ten of them when you joined.</p>
<h2>Your password is lost</h2>
<p>Sign in with a passkey or with a link by e-mail, where your agency allows it, and choose a new password in the settings of the console.</p>
<h2>Both are lost</h2>
<p>Ask an owner or admin of your agency to start a recovery for you. You get a link by e-mail, and all your devices are told.</p>`,
          ),
      },
    ),
  ];
}
