import { GOOGLE_HOSTS, googleAuth, scopeUrl } from '../google.ts';
import type { Manifest } from '../provider.ts';

/** Google Analytics 4: Data and Admin API, both v1beta, which is their stable channel. Source: discovery documents of September 2026. */
export const GOOGLE_ANALYTICS = {
  id: 'google-analytics',
  name: 'Google Analytics',
  group: 'ads',
  availability: 'live',
  availabilityNote: '',
  purpose:
    'Reports visits, visitors, key events and revenue of a website, day by day. People on the site are never named.',
  dataClasses: ['client-business'],
  hosts: ['analyticsdata.googleapis.com', 'analyticsadmin.googleapis.com', ...GOOGLE_HOSTS],
  /** A property allows 10 requests at once and 14,000 tokens an hour for each project; a report of one month costs few. */
  budget: { default: { burst: 20, perSecond: 2 }, accounts: { burst: 20, perSecond: 5 } },
  auth: googleAuth([
    {
      scope: scopeUrl('analytics.readonly'),
      why: 'Reads the list of properties and their reports. It cannot change anything.',
    },
  ]),
  capabilities: [
    {
      capability: 'metrics',
      kind: 'read',
      title: 'Visits and revenue of the last 28 days',
      needs: [scopeUrl('analytics.readonly')],
      range: {
        kind: 'range',
        by: 'day',
        order: 'newest-first',
        overlapSeconds: 86_400,
        // Google still counts for two or three days.
        rereadDays: 3,
        historyDays: null,
        previewDays: 28,
        everySeconds: 10_800,
      },
    },
  ],
  shareable: true,
} as const satisfies Manifest;
