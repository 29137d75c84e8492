import { definePage, html, type PageDefinition, page } from '../../platform/pages/index.ts';
import type { WebSignInDeps } from './deps.ts';

export function recoverPages(_deps: WebSignInDeps): readonly PageDefinition[] {
  return [
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
