import type { MetricFact, PostFact } from '@astrix/contract';
import { z } from 'zod';
import { dayIn } from '../days.ts';
import { time, Written } from '../fields.ts';
import { clamp } from '../json.ts';
import type { Account } from '../provider.ts';
import { rowsOf } from '../read.ts';

const Id = Written.pipe(z.string().regex(/^\d{1,30}$/));
const Count = z.int().min(0);

/** /me/accounts: pages, of which some have an Instagram profile. */
export const Page = z.object({
  id: Id,
  name: z.string().default(''),
  instagram_business_account: z.object({ id: Id, username: z.string().max(100) }).optional(),
});

export const accountsOf = ({ name, instagram_business_account: profile }: z.infer<typeof Page>): readonly Account[] =>
  profile ? [{ id: profile.id, name: `@${profile.username}`, detail: name ? `Page ${name}` : null, settings: {} }] : [];

/** One number: a single one under `total_value`, a post's under `values`. */
const Insight = z.object({
  name: z.string().max(100),
  total_value: z.object({ value: Count.optional() }).optional(),
  values: z
    .array(z.object({ value: Count.optional() }))
    .max(100)
    .optional(),
});
/**
 * A list of numbers, each read by itself: one that cannot be read does not blank the others. An empty list stands for «none to tell».
 */
export const Insights = z.object({ data: rowsOf(Insight, 'name', 100) });
export type Insights = z.output<typeof Insights>;

const numberOf = (insights: Insights | undefined, name: string): number | null => {
  const found = insights?.data.rows.find(one => one.name === name);
  return found?.total_value?.value ?? found?.values?.[0]?.value ?? null;
};

export const POST_METRICS: readonly string[] = ['views', 'shares', 'saved'];
export const POST_FIELDS = 'id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count';

/** A post of /{profile}/media. The owner can hide the number of likes, and then there is none. */
export const Media = z.object({
  id: Id,
  caption: z.string().optional(),
  media_type: z.string().max(40),
  media_product_type: z.string().max(40).optional(),
  permalink: z
    .string()
    .regex(/^https:\/\//)
    .max(2000)
    .optional(),
  /** «2026-11-01T06:30:00+0000» */
  timestamp: time(),
  like_count: Count.optional(),
  comments_count: Count.optional(),
  insights: Insights.optional(),
});
export type Media = z.infer<typeof Media>;

const KINDS: Readonly<Record<string, PostFact['kind']>> = {
  IMAGE: 'image',
  VIDEO: 'video',
  CAROUSEL_ALBUM: 'carousel',
};
/** Reels and stories are videos and images by their type. */
const PRODUCTS: Readonly<Record<string, PostFact['kind']>> = { REELS: 'reel', STORY: 'story' };

export const postOf = (media: Media): PostFact => ({
  id: media.id,
  kind: PRODUCTS[media.media_product_type ?? ''] ?? KINDS[media.media_type] ?? 'other',
  text: clamp(media.caption ?? '', 300),
  publishedAt: media.timestamp,
  url: media.permalink ?? null,
  views: numberOf(media.insights, 'views'),
  likes: media.like_count ?? null,
  comments: media.comments_count ?? null,
  shares: numberOf(media.insights, 'shares'),
  saves: numberOf(media.insights, 'saved'),
});

/** Instagram counts by the days of California, whatever the profile's own country. */
export const ZONE = 'America/Los_Angeles';

/** When a day begins there, in seconds since 1970: at 7 or at 8 in UTC. */
export function startOf(day: string): number {
  const at = Date.parse(`${day}T07:00:00Z`);
  return (dayIn(ZONE, new Date(at)) === day ? at : at + 3_600_000) / 1000;
}

/** The numbers of a day, with the word that the page of a connection has for each. */
export const DAY_METRICS: Readonly<Record<string, string>> = {
  views: 'impressions',
  reach: 'reach',
  total_interactions: 'engagements',
  profile_links_taps: 'clicks',
};

/** Numbers may come up to 48 hours late. */
const RESTATED_DAYS = 3;

/** `followers` is how many there are now; null for a day that is over for long. */
export const metricOf = (
  account: Account,
  day: string,
  today: string,
  insights: Insights,
  followers: number | null,
): MetricFact => ({
  level: 'account',
  entityId: account.id,
  entityName: account.name,
  date: day,
  timeZone: ZONE,
  dimension: null,
  impressions: numberOf(insights, 'views'),
  reach: numberOf(insights, 'reach'),
  clicks: numberOf(insights, 'profile_links_taps'),
  engagements: numberOf(insights, 'total_interactions'),
  videoViews: null,
  profileViews: null,
  pageViews: null,
  sessions: null,
  users: null,
  followers,
  spendMinor: null,
  conversionsE4: null,
  conversionValueMinor: null,
  currency: null,
  final: Date.parse(today) - Date.parse(day) > RESTATED_DAYS * 86_400_000,
});
