import { encode } from 'uqr';
import { type Html, type HtmlValue, html } from './html.ts';

/** What was wrong, or what a person should know, before the rest of the page. */
export const notice = (kind: 'bad' | 'wait' | 'good', title: string, text: HtmlValue = null): Html =>
  html`<p class="notice ${kind}" role="${kind === 'bad' ? 'alert' : 'status'}"><strong>${title}</strong>${text}</p>`;

export type FieldSpec = {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly value?: string;
  /** What the browser may fill in; WHATWG autofill tokens. */
  readonly autocomplete: string;
  readonly hint?: string;
  readonly minLength?: number;
  readonly maxLength: number;
  readonly pattern?: string;
  readonly numeric?: boolean;
  readonly focus?: boolean;
  readonly className?: string;
};

/** A labelled text field that must be filled in. */
export function field(spec: FieldSpec): Html {
  const { name, label, type = 'text', value, autocomplete, hint, minLength, maxLength, pattern } = spec;
  const attribute = (key: string, given: string | number | undefined): HtmlValue =>
    given === undefined ? null : html` ${key}="${given}"`;
  return html`<label for="f-${name}">${label}</label>
<input id="f-${name}" name="${name}" type="${type}" required autocomplete="${autocomplete}" maxlength="${maxLength}"${[
    attribute('value', value),
    attribute('minlength', minLength),
    attribute('pattern', pattern),
    attribute('inputmode', spec.numeric ? 'numeric' : undefined),
    attribute('class', spec.className),
    attribute('aria-describedby', hint === undefined ? undefined : `h-${name}`),
    spec.focus ? html` autofocus` : null,
    type === 'email' || type === 'password' ? html` autocapitalize="none" spellcheck="false"` : null,
  ]}>
${hint === undefined ? null : html`<p class="hint" id="h-${name}">${hint}</p>`}`;
}

/** How far a person has come, as a row of bars that screen readers hear as a sentence. */
export const steps = (now: number, all: number): Html =>
  html`<ol class="steps" aria-label="Step ${now} of ${all}">${Array.from(
    { length: all },
    (_, n) =>
      html`<li class="${n < now ? 'on' : ''}"${n === now - 1 ? html` aria-current="step"` : null}><span>Step ${n + 1}</span></li>`,
  )}</ol>`;

const CHECK = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="m5 12.5 4.5 4.5L19 7.5"/></svg>`;
const CROSS = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" aria-hidden="true"><path d="M7 7l10 10M17 7 7 17"/></svg>`;
const CLOCK = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/></svg>`;
const MARKS = { good: CHECK, bad: CROSS, wait: CLOCK };

export const mark = (kind: 'good' | 'bad' | 'wait'): Html => html`<div class="mark ${kind}">${MARKS[kind]}</div>`;

/** A QR code as inline SVG; dark on white in both themes, because cameras read it so. */
export function qrCode(text: string, label: string): Html {
  const { data, size } = encode(text, { ecc: 'M', border: 1 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return html`<div class="qr"><svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path fill="#000" d="${path}"/></svg></div>`;
}
