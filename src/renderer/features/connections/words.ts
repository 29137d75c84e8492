import type {
  Availability,
  Capability,
  CapabilityKind,
  CatalogueEntry,
  ConnectionView,
  DataClass,
  DataGap,
  HealthView,
  ProviderGroup,
  ProviderId,
} from '@astrix/contract';
import { count } from '../../lib/format.ts';

/** The labels of contract values on this screen. */
export const GROUPS: Readonly<Record<ProviderGroup, string>> = {
  messaging: 'Messaging',
  commerce: 'Commerce and shipping',
  payments: 'Payments',
  ads: 'Ads and analytics',
  social: 'Social',
  files: 'Files and design',
  work: 'Work',
  outreach: 'Outreach',
};

export const AVAILABILITY: Readonly<Record<Availability, string>> = {
  live: 'Available',
  limited: 'Limited',
  suspended: 'Suspended',
  planned: 'Planned',
};

export const DATA_CLASS: Readonly<Record<DataClass, string>> = {
  public: 'Public data',
  account: 'Names and roles of your staff',
  'client-business': 'Business data of the client',
  'end-customer': 'The client’s customers and their messages',
  'marketplace-buyer-pii': 'Names and addresses of marketplace buyers',
  logistics: 'Shipments and their location',
  'payment-metadata': 'Payment amounts and status, no card numbers',
  'files-content': 'Files and their content',
  credentials: 'Keys and tokens, encrypted',
  'security-telemetry': 'Activity and security logs',
  'ai-data': 'Data sent to AI models',
};

export const CAPABILITY: Readonly<Record<Capability, string>> = {
  messaging: 'Senders',
  templates: 'Templates',
  orders: 'Orders',
  shipments: 'Shipments',
  payments: 'Payments',
  metrics: 'Metrics',
  posts: 'Posts',
  files: 'Files',
  tasks: 'Tasks',
};

export const KIND: Readonly<Record<CapabilityKind, string>> = { read: 'Read', send: 'Send', receive: 'Receive' };

export type Tone = 'done' | 'danger' | 'waiting' | 'meta';
export type StatusLabel = { readonly tone: Tone; readonly word: string };

export const HEALTH: Readonly<Record<HealthView['status'], StatusLabel>> = {
  ok: { tone: 'done', word: 'Working' },
  failing: { tone: 'danger', word: 'Failing' },
  unknown: { tone: 'meta', word: 'Not used yet' },
  gated: { tone: 'waiting', word: 'Permission missing' },
};

/** The state of a connection as one label; the most urgent state wins. */
export function conditionOf(connection: ConnectionView): StatusLabel {
  if (connection.status === 'disconnected') return { tone: 'meta', word: 'Disconnected' };
  if (connection.status === 'disconnecting') return { tone: 'waiting', word: 'Disconnecting' };
  if (connection.off) return { tone: 'danger', word: 'Turned off' };
  if (connection.status === 'broken') return { tone: 'danger', word: 'Broken' };
  if (connection.health.some(({ status }) => status === 'failing')) return { tone: 'danger', word: 'Failing' };
  if (connection.fix !== 'none' || connection.fault) return { tone: 'waiting', word: 'Needs attention' };
  if (connection.health.some(({ status }) => status === 'gated'))
    return { tone: 'waiting', word: 'Permissions missing' };
  // A connection that has never been used is not known to work.
  if (connection.health.every(({ status }) => status === 'unknown')) return { tone: 'meta', word: 'Not used yet' };
  return { tone: 'done', word: 'Working' };
}

export const isPressing = (connection: ConnectionView): boolean =>
  ['danger', 'waiting'].includes(conditionOf(connection).tone);

/** It does not work, and nobody turned it off: whoever is on any screen of the client should know. */
export const isBroken = (connection: ConnectionView): boolean =>
  !connection.off && conditionOf(connection).tone === 'danger';

/** Where access is removed by hand at a provider that Astrix cannot ask to do it. */
export const REMOVE_AT: { readonly [P in ProviderId]?: string } = {
  jira: 'https://id.atlassian.com/manage-profile/apps',
  stripe: 'https://dashboard.stripe.com/apikeys',
  'amazon-sp-api': 'https://sellercentral.amazon.in/apps/manage',
  delhivery: 'https://one.delhivery.com/',
  whatsapp: 'https://business.facebook.com/settings/system-users',
};

/** Names of sealed secrets, for people. */
const SECRETS: Readonly<Record<string, string>> = { grant: 'the access tokens', key: 'the key' };
export const secretWords = (names: readonly string[]): string => names.map(name => SECRETS[name] ?? name).join(', ');

export type CatalogueFilter = 'all' | 'connected' | 'possible' | 'planned';
export const FILTERS: readonly { readonly filter: CatalogueFilter; readonly label: string }[] = [
  { filter: 'all', label: 'All' },
  { filter: 'connected', label: 'Connected' },
  { filter: 'possible', label: 'Available' },
  { filter: 'planned', label: 'Planned' },
];

/** Whether the provider can be connected at all; the installation and the person's role may still forbid it. */
export const isPossible = ({ availability, connects, bundledWith }: CatalogueEntry): boolean =>
  (availability === 'live' || availability === 'limited') && (connects !== 'none' || bundledWith !== null);

/** Whether the search text is part of the entry's name, purpose, group or capabilities. */
export function answers(entry: CatalogueEntry, typed: string): boolean {
  const q = typed.trim().toLowerCase();
  if (q === '') return true;
  const text = [entry.name, entry.purpose, GROUPS[entry.group], ...entry.capabilities.map(one => one.title)];
  return text.join(' ').toLowerCase().includes(q);
}

/** What a read left out, as one sentence for each kind: «3 rows could not be read.» */
export function gapWords(gaps: readonly DataGap[]): readonly string[] {
  const rowsOf = (kind: DataGap['kind']) =>
    gaps.filter(gap => gap.kind === kind).reduce((sum, { rows }) => sum + rows, 0);
  const leftOut = rowsOf('row-left-out');
  const incomplete = rowsOf('value-missing');
  return [
    ...(leftOut > 0 ? [`${count(leftOut)} ${leftOut === 1 ? 'row' : 'rows'} could not be read.`] : []),
    ...(incomplete > 0 ? [`Values are missing in ${count(incomplete)} ${incomplete === 1 ? 'row' : 'rows'}.`] : []),
  ];
}
