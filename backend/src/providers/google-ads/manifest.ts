import { GOOGLE_HOSTS, googleAuth, scopeUrl } from '../google.ts';
import type { Manifest } from '../provider.ts';

/** Google Ads API over REST. Source: the protos of v25, July 2026. Its developer tokens ended on 9 September 2026. */
export const GOOGLE_ADS = {
  id: 'google-ads',
  name: 'Google Ads',
  group: 'ads',
  availability: 'live',
  availabilityNote: '',
  purpose: 'Reports what campaigns cost and bring, day by day. Nothing is changed in Google Ads.',
  dataClasses: ['client-business'],
  hosts: ['googleads.googleapis.com', ...GOOGLE_HOSTS],
  /** Google tells no rate for each customer; what is told is 2,880 calls a day of the whole project at its first access level. */
  budget: { default: { burst: 40, perSecond: 2 } },
  auth: googleAuth([
    {
      scope: scopeUrl('adwords'),
      why: 'Reads the accounts and the daily numbers of their campaigns. Google has no scope that only reads.',
    },
  ]),
  capabilities: [
    {
      capability: 'metrics',
      kind: 'read',
      title: 'Campaigns of the last 14 days, day by day',
      needs: [scopeUrl('adwords')],
      range: {
        kind: 'range',
        by: 'day',
        order: 'newest-first',
        overlapSeconds: 86_400,
        // Conversions are added to the day of their click for as long as their window is open.
        rereadDays: 30,
        historyDays: 4015,
        previewDays: 14,
        everySeconds: 21_600,
      },
    },
  ],
  shareable: true,
} as const satisfies Manifest;
