import { GRAPH_HOST } from '../meta/graph.ts';
import { metaAuth } from '../meta/login.ts';
import type { Manifest } from '../provider.ts';

/** For how many days Instagram keeps the numbers of a profile. */
export const HISTORY_DAYS = 90;

/** Instagram through Facebook Login, for professional accounts that belong to a page. Source: Instagram Platform, spring 2026. */
export const INSTAGRAM = {
  id: 'instagram',
  name: 'Instagram',
  group: 'social',
  availability: 'live',
  availabilityNote: '',
  purpose:
    'Reports the performance of a professional profile and its posts. Nothing is published, and no comments or messages are read.',
  dataClasses: ['client-business'],
  hosts: [GRAPH_HOST],
  /** Meta allows 4,800 calls a day for each time the profile is seen, and 200 an hour for a person: the smaller of them counts here. */
  budget: { default: { burst: 40, perSecond: 0.05 } },
  auth: metaAuth([
    { scope: 'instagram_basic', why: 'Reads the profile and the list of its own posts.' },
    { scope: 'instagram_manage_insights', why: 'Reads views, reach and saves of the profile and its posts.' },
    { scope: 'pages_show_list', why: 'Lists your pages, to find the Instagram profiles that belong to them.' },
    { scope: 'pages_read_engagement', why: 'Meta asks for it before it shows the profile behind a page.' },
  ]),
  capabilities: [
    {
      capability: 'posts',
      kind: 'read',
      title: 'Posts of the last 90 days',
      needs: ['instagram_basic', 'pages_read_engagement'],
      range: {
        kind: 'range',
        by: 'created',
        order: 'newest-first',
        overlapSeconds: 3600,
        // Likes and views of a post go on counting; after a month they hardly move.
        rereadDays: 30,
        historyDays: null,
        previewDays: 90,
        everySeconds: 3600,
      },
    },
    {
      capability: 'metrics',
      kind: 'read',
      title: 'Profile numbers of the last 7 days',
      needs: ['instagram_basic', 'instagram_manage_insights', 'pages_read_engagement'],
      range: {
        kind: 'range',
        by: 'day',
        order: 'newest-first',
        overlapSeconds: 86_400,
        // Numbers come up to 48 hours late.
        rereadDays: 3,
        historyDays: HISTORY_DAYS,
        // Today has no total yet.
        previewDays: 8,
        everySeconds: 21_600,
      },
    },
  ],
  shareable: true,
} as const satisfies Manifest;
