import { GRAPH_HOST } from '../meta/graph.ts';
import { metaAuth } from '../meta/login.ts';
import type { Manifest } from '../provider.ts';

/** 37 months, which is how long Meta keeps the numbers of an ad account. */
export const HISTORY_DAYS = 1125;

/** Meta Marketing API v26.0, read only. Source: developers.facebook.com, Insights API and rate limiting of May 2026. */
export const META_ADS = {
  id: 'meta-ads',
  name: 'Meta Ads',
  group: 'ads',
  availability: 'live',
  availabilityNote: '',
  purpose:
    'Reports what campaigns on Facebook and Instagram cost and bring, by day. Nothing is changed in the account.',
  dataClasses: ['client-business'],
  hosts: [GRAPH_HOST],
  /** An app without full access may ask 600 times an hour for each ad account, and 400 more for each active ad. */
  budget: { default: { burst: 60, perSecond: 0.15 } },
  auth: metaAuth([
    {
      scope: 'ads_read',
      why: 'Lists the ad accounts that you may see, and reads the daily numbers of their campaigns.',
    },
  ]),
  capabilities: [
    {
      capability: 'metrics',
      kind: 'read',
      title: 'Daily campaign numbers of the last 14 days',
      needs: ['ads_read'],
      range: {
        kind: 'range',
        by: 'day',
        // Months follow one another from the newest on; within one Meta promises no order.
        order: 'unordered',
        overlapSeconds: 86_400,
        // A conversion is credited to the day of its click, up to 28 days later.
        rereadDays: 28,
        historyDays: HISTORY_DAYS,
        previewDays: 14,
        everySeconds: 21_600,
      },
    },
  ],
  shareable: true,
} as const satisfies Manifest;
