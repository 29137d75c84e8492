import { ERRORS } from '@astrix/contract';
import type { AppError } from '../../kernel/errors.ts';
import { field, type Html, html, notice, type PageAnswer, page, qrCode, steps } from '../../platform/pages/index.ts';
import type { Factors } from '../identity/index.ts';
import type { PendingIdentity } from './flows.ts';

/** What went wrong at the last step, in the words of the contract. */
export const faultView = (fault: AppError | null): Html | null =>
  fault === null
    ? null
    : notice('bad', `${ERRORS[fault.code].reason}.`, fault.options.detail ?? ERRORS[fault.code].next);

type Passkey = { readonly json: string; readonly domain: string };
type Shared = {
  readonly id: string;
  readonly token: Html;
  readonly device: string;
  readonly fault: AppError | null;
  readonly passkey: Passkey;
};

const KEY = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="8" cy="9" r="5"/><path d="m11.6 12.4 8.4 8.4M16.5 17.5l2.5-2.5"/></svg>`;
const MAIL = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m4 7.5 8 6 8-6"/></svg>`;
const HOUSE = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M4 20V6l8-3 8 3v14M9 20v-5h6v5M9 9h.01M15 9h.01"/></svg>`;
const LOCK = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/></svg>`;

/** Hidden until the script has found that the browser has passkeys for this domain. */
export const passkeyForm = (
  { json, domain }: Passkey,
  kind: 'make' | 'ask',
  token: Html,
  label: string,
  look: 'primary' | 'quiet',
  action = '',
): Html => html`<form method="post"${action === '' ? null : html` action="${action}"`} data-passkey="${kind}" data-options="${json}" data-domain="${domain}" data-with-passkey hidden>
${token}<input type="hidden" name="do" value="passkey"><input type="hidden" name="response" value="">
<p class="notice bad" role="status" hidden></p>
<button class="${look === 'quiet' ? 'quiet' : ''}">${KEY}${label}</button>
</form>`;

const forDevice = (device: string) =>
  html`<p class="lead">For Astrix Console on <strong>${device}</strong>. If you have not just started that, close this tab.</p>`;

const wayLink = (id: string, way: string, icon: Html, label: string) =>
  html`<a class="button quiet" href="/sign-in/${id}?with=${way}">${icon}${label}</a>`;

/** The ways to sign in; the passkey first where the browser has one, because it is the quickest and the safest. */
export function chooseView(
  shared: Shared & { readonly sso: boolean; readonly link: boolean; readonly mail: boolean },
): PageAnswer {
  const { id, token, device, fault, passkey, sso, link, mail } = shared;
  if (link && mail)
    return page(
      'Sign in with a link',
      html`${faultView(fault)}<p class="lead">We send a link to your work address. Your second factor is asked for afterwards.</p>
<form method="post">${token}<input type="hidden" name="do" value="link">
${field({ name: 'email', label: 'Work e-mail', type: 'email', autocomplete: 'username', maxLength: 254, focus: true })}
<button>${MAIL}Send the link</button></form>
<p class="meta after"><a href="/sign-in/${id}">Choose another way</a></p>`,
    );
  return page(
    'Sign in',
    html`${faultView(fault)}${forDevice(device)}
${passkeyForm(passkey, 'ask', token, 'Use a passkey', 'primary')}
<div class="or" data-with-passkey hidden>or</div>
<ul class="ways">
<li>${wayLink(id, 'password', LOCK, 'Use your password')}</li>
${mail ? html`<li>${wayLink(id, 'link', MAIL, 'E-mail me a link')}</li>` : null}
${sso ? html`<li>${wayLink(id, 'sso', HOUSE, 'Use single sign-on')}</li>` : null}
</ul>`,
  );
}

export function passwordView(shared: Shared & { readonly identity: PendingIdentity | null }): PageAnswer {
  const { id, token, device, fault, identity } = shared;
  const intro =
    identity === null
      ? forDevice(device)
      : notice(
          'wait',
          'Is this account yours?',
          html`There is an account for ${identity.email}. Sign in to it once, and it is connected with your identity provider from then on.`,
        );
  return page(
    identity === null ? 'Sign in' : 'Connect your account',
    html`${faultView(fault)}${intro}
<form method="post">${token}<input type="hidden" name="do" value="password">
${field({
  name: 'email',
  label: 'Work e-mail',
  type: 'email',
  autocomplete: 'username',
  maxLength: 254,
  focus: identity === null,
  ...(identity === null ? {} : { value: identity.email }),
})}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', maxLength: 256, focus: identity !== null })}
<button>Continue</button></form>
<p class="meta after"><a href="/sign-in/${id}">Choose another way</a> · <a href="/recover">Lost your password?</a></p>`,
  );
}

export function ssoView({ id, token, fault }: Shared): PageAnswer {
  return page(
    'Single sign-on',
    html`${faultView(fault)}<p class="lead">Your address says which identity provider your agency uses.</p>
<form method="post">${token}<input type="hidden" name="do" value="sso">
${field({ name: 'email', label: 'Work e-mail', type: 'email', autocomplete: 'username', maxLength: 254, focus: true })}
<button>${HOUSE}Continue</button></form>
<p class="meta after"><a href="/sign-in/${id}">Choose another way</a></p>`,
  );
}

export function linkSentView({ id, token, fault, email }: Shared & { readonly email: string }): PageAnswer {
  return page(
    'Look into your mail',
    html`${faultView(fault)}<p class="lead">If there is an account for <strong>${email}</strong>, a link is on its way. It works once, for 10 minutes.</p>
<p>Open it in this browser, and you go on by yourself. Opened on another device, it shows a code for this page:</p>
<form method="post">${token}<input type="hidden" name="do" value="link-code">
${field({ name: 'code', label: 'Code from the other device', autocomplete: 'one-time-code', maxLength: 7, numeric: true, className: 'code' })}
<button>Continue</button></form>
<p class="meta after">Nothing arrived? Look among the spam, or <a href="/sign-in/${id}?with=password">use your password</a>.</p>`,
  );
}

export function codeView(
  shared: Shared & { readonly email: string; readonly factors: Factors; readonly recovery: boolean },
): PageAnswer {
  const { id, token, fault, passkey, email, factors, recovery } = shared;
  const restart = html`<form method="post" class="after">${token}<input type="hidden" name="do" value="restart"><p class="meta">Signing in as ${email}. <button class="link">Not you?</button></p></form>`;
  if (factors.totp + factors.passkeys === 0)
    return page(
      'A second factor is missing',
      html`${notice('wait', 'Your role needs a second factor, and none is set up.', 'Ask an owner or admin of your agency to start a recovery for you. It lets you set one up.')}${restart}`,
      { status: 403 },
    );
  if (recovery)
    return page(
      'Use a recovery code',
      html`${faultView(fault)}<p class="lead">One of the ten codes that you kept when you joined. Each works once.</p>
<form method="post">${token}<input type="hidden" name="do" value="recovery">
${field({ name: 'code', label: 'Recovery code', autocomplete: 'off', maxLength: 40, className: 'mono', focus: true })}
<button>Continue</button></form>
<p class="meta after"><a href="/sign-in/${id}">Use your ${factors.totp > 0 ? 'authenticator' : 'passkey'} instead</a></p>${restart}`,
    );
  return page(
    'Confirm that it is you',
    html`${faultView(fault)}
${factors.passkeys > 0 ? passkeyForm(passkey, 'ask', token, 'Use a passkey', factors.totp > 0 ? 'quiet' : 'primary') : null}
${factors.passkeys > 0 && factors.totp > 0 ? html`<div class="or" data-with-passkey hidden>or</div>` : null}
${
  factors.totp > 0
    ? html`<form method="post">${token}<input type="hidden" name="do" value="totp">
${field({ name: 'code', label: 'Code from your authenticator', autocomplete: 'one-time-code', maxLength: 7, pattern: '[0-9 ]{6,7}', numeric: true, className: 'code', focus: true })}
<button>Continue</button></form>`
    : html`<p data-without-passkey>Your second factor is a passkey, and this browser has none for this page. Open it in the browser in which you made the passkey.</p>`
}
<p class="meta after"><a href="/sign-in/${id}?with=recovery">Use a recovery code</a></p>${restart}`,
  );
}

/** Setting up an authenticator: the QR code, the same key by hand, and the first code as the proof. */
export function authenticatorView(options: {
  readonly token: Html;
  readonly fault: AppError | null;
  readonly secret: string;
  readonly url: string;
  readonly passkey: Passkey;
  readonly optional: boolean;
}): PageAnswer {
  const { token, fault, secret, url, passkey, optional } = options;
  const spaced = secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
  return page(
    'Set up your second factor',
    html`${steps(2, 3)}${faultView(fault)}
<p class="lead">It keeps your account yours, even when somebody learns your password.</p>
<div data-with-passkey hidden>
${passkeyForm(passkey, 'make', token, 'Set up a passkey on this device', 'quiet')}
<div class="or">or an authenticator app</div>
</div>
<p>Scan this with an authenticator app, such as the one of Google, Microsoft or 1Password.</p>
${qrCode(url, 'QR code for your authenticator app')}
<details><summary>It cannot be scanned?</summary><p class="meta">Type this key into the app. It makes codes of 6 digits every 30 seconds.</p><code class="key">${spaced}</code></details>
<form method="post">${token}<input type="hidden" name="do" value="totp">
${field({ name: 'code', label: 'Code that the app shows now', autocomplete: 'one-time-code', maxLength: 7, pattern: '[0-9 ]{6,7}', numeric: true, className: 'code' })}
<button>Confirm</button></form>
${optional ? html`<form method="post" class="after">${token}<input type="hidden" name="do" value="finish"><button class="quiet">Not now</button></form>` : null}`,
  );
}

/** Shown once: they are kept as digests. */
export function recoveryCodesView(options: {
  readonly title: string;
  readonly email: string;
  readonly codes: readonly string[] | null;
  readonly recovered: boolean;
}): PageAnswer {
  const { title, email, codes, recovered } = options;
  const file = `Recovery codes of ${email} for Astrix Console. Each works once.\n\n${codes?.join('\n') ?? ''}\n`;
  return page(
    title,
    html`${steps(3, 3)}
${
  codes === null
    ? notice('good', 'That is all.', 'Your recovery codes stay as they are.')
    : html`<p class="lead">With one of these you come in when your phone is lost. Keep them where you keep other passwords. <strong>They are shown this once.</strong></p>
<ul class="codes mono">${codes.map(code => html`<li>${code}</li>`)}</ul>
<div class="row noprint"><a class="button quiet" download="astrix-recovery-codes.txt" href="data:text/plain;charset=utf-8,${encodeURIComponent(file)}">Download</a></div>
<p class="meta after noprint">Or print this page.</p>`
}
<h2 class="noprint">Open the console</h2>
<p class="noprint">${recovered ? 'Sign in' : 'Start Astrix Console on your computer'} and choose <strong>Sign in with the browser</strong>, or use your e-mail and password there.</p>
<a class="button noprint" href="astrix://sign-in">Open Astrix Console</a>`,
    { wide: true },
  );
}
