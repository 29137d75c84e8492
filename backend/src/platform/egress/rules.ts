import type { Bucket } from './budget.ts';
import { refuse } from './failures.ts';

/** What the manifest of one provider allows. */
export type ProviderRules = {
  readonly id: string;
  /** Host names, all lower case. One may begin with a `{part}` that a merchant fills in: `{shop}.myshopify.com` (VT-09). */
  readonly hosts: readonly string[];
  /** What one connection may ask, by class of cost; `default` is the one that a request takes without saying so. */
  readonly budget: Readonly<Record<string, Bucket>> & { readonly default: Bucket };
  /** The provider sandbox on http://127.0.0.1:<port>, which takes the place of every host. Never in production. */
  readonly sandbox?: string | null;
};

export type EgressRules = { readonly production: boolean; readonly providers: readonly ProviderRules[] };

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** Ends in letters, so no address passes for a name; at least two labels stand behind a part that is filled in. */
const HOST = new RegExp(`^(?:\\{[a-z]+\\}\\.${LABEL}\\.)?(?:${LABEL}\\.)*${LABEL}\\.[a-z]{2,24}$`);
const LOCAL_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|test|example|invalid|arpa|onion)$/;
const SANDBOX = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;
/** One label as a merchant may name a shop. No underscore, no dot, no punycode. */
const FILLED = new RegExp(`^(?!xn--)${LABEL}$`);

/** Throws when the rules could let a call go somewhere else than to a provider, so that a wrong manifest does not boot. */
export function checkRules(rules: EgressRules): void {
  for (const { id, hosts, budget, sandbox } of rules.providers) {
    if (hosts.length === 0) throw new Error(`The provider ${id} names no host.`);
    for (const host of hosts)
      if (!HOST.test(host) || LOCAL_NAMES.test(host))
        throw new Error(`The provider ${id} names ${host}: no public host.`);
    for (const [cost, { burst, perSecond }] of Object.entries(budget))
      if (!(burst >= 1 && burst <= 1e6 && perSecond > 0 && perSecond <= 1e6))
        throw new Error(`The provider ${id} has no usable budget for ${cost}.`);
    if (sandbox && (rules.production || !SANDBOX.test(sandbox)))
      throw new Error(`The provider ${id} may not use ${sandbox}: a sandbox is on loopback, and never in production.`);
  }
}

/** The name of the host that a request is for, from the constant and at most one part that a merchant filled in. */
export function hostOf(rules: ProviderRules, host: string, part: string | undefined): string {
  if (!rules.hosts.includes(host)) refuse('host');
  const open = host.startsWith('{');
  if (open !== (part !== undefined)) refuse('host-part');
  if (part !== undefined && !FILLED.test(part)) refuse('host-part');
  return open ? host.replace(/^\{[a-z]+\}/, part ?? '') : host;
}

/** The second look at what is about to be asked, by the parser that the request uses as well (EG-01). */
export function isAllowed(rules: ProviderRules, url: URL): boolean {
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (rules.sandbox && url.origin === rules.sandbox) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return rules.hosts.some(host =>
    host.startsWith('{')
      ? url.hostname.endsWith(host.slice(host.indexOf('.'))) &&
        FILLED.test(url.hostname.slice(0, url.hostname.indexOf('.'))) &&
        url.hostname.split('.').length === host.split('.').length
      : url.hostname === host,
  );
}
