import { GRAPH_HOST } from '../meta/graph.ts';
import { metaAuth } from '../meta/login.ts';
import type { Manifest } from '../provider.ts';

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
    { capability: 'metrics', kind: 'read', title: 'Daily campaign numbers of the last 14 days', needs: ['ads_read'] },
  ],
  shareable: true,
} as const satisfies Manifest;
