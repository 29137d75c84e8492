import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { discoveryOperations, GOOGLE_ERROR } from './discovery.ts';
import { googleAdsBook } from './google-ads.ts';
import { GRAPH_ERROR } from './graph-types.ts';
import { FACEBOOK, graphBook, INSTAGRAM } from './meta.ts';
import { operationsOf } from './openapi.ts';
import { postmanBook } from './postman.ts';
import { readSpec, specPath } from './specs.ts';
import { modernise } from './stripe.ts';
import type { Book, Json } from './types.ts';

const readYaml = (...path: string[]): Json => parse(readFileSync(specPath(...path), 'utf8')) as Json;

const openapi =
  (read: () => Json, more: Partial<Book> = {}) =>
  (): Book => ({
    operations: operationsOf(read()),
    closedReplies: true,
    ...more,
  });

const discovery =
  (...path: string[]) =>
  (): Book => ({ operations: discoveryOperations(readSpec(...path)), error: GOOGLE_ERROR, closedReplies: true });

/** The document asks for what its own examples leave out, and misses what Meta's written reference has. */
const WHATSAPP = [
  { fault: /^body\.template\.language\.policy: is missing/, why: 'most of its own examples have no policy' },
  { fault: /^body\.recipient_type: is missing/, why: 'optional in the reference; individual is meant' },
  { fault: /^body\.biz_opaque_callback_data: is not in/, why: 'in the reference only' },
  { fault: /^body\.location\.l\w+itude: is -?[\d.]+, and string/, why: 'its own example has numbers' },
  { fault: /^body\.(document|image|video)\.(caption|filename): is not in/, why: 'its own examples have them' },
  { fault: /^body\.template\.components\[\d+\]\.index: is \d+, and string/, why: 'its own examples have both' },
  { fault: /^query\.(limit|after|before|fields): is not in/, why: 'taken by every list and node of Graph' },
  { fault: /message_template_namespace: is not in/, why: 'its own example has it' },
  { fault: /^body\.error\.(error_|fbtrace_id|is_transient)\w*: is not in/, why: 'every error of Graph has them' },
  {
    fault: /^body\.components\[\d+\]\.(format|example|add_security_recommendation|code_expiration_minutes): is not in/,
    why: 'its own examples of templates have them',
  },
] as const;

/** Every document by the name that the tests use. Nothing is read before it is asked for. */
export const BOOKS = {
  stripe: openapi(() => modernise(readYaml('stripe', 'spec3.2023-09-13.yaml')), {
    loose: [
      {
        fault: /^query\.created\[(?:gte|lt)\]: is not in/,
        why: 'checkout sessions take it since 2024, as Stripe’s own clients say',
      },
      {
        fault: /^body\.restrictions: is not in/,
        why: 'payment links take it since December 2023, and the example of today shows it',
      },
      { fault: /^body\.api_version: is "\d{4}-\d\d-\d\d\.\w+"/, why: 'the versions of today have names' },
    ],
  }),
  // With an OAuth token the same paths are called through api.atlassian.com and the site's id.
  jira: openapi(() => readSpec('jira', 'swagger-v3.v3.json'), {
    prefixes: ['', '/ex/jira/{cloudId}'],
    hosts: ['api.atlassian.com', '*.atlassian.net'],
  }),
  whatsapp: openapi(() => readYaml('whatsapp', 'business-messaging-api_v23.0.yaml'), {
    error: GRAPH_ERROR,
    loose: WHATSAPP,
  }),
  canva: openapi(() => readYaml('canva', 'spec.yml')),
  resend: openapi(() => readYaml('resend', 'resend.yaml')),
  openai: openapi(() => readYaml('openai', 'openapi.yaml')),
  x: openapi(() => readSpec('x', 'openapi-xdk-mit.json')),
  'amazon-sp-api': (): Book => {
    const models = readdirSync(specPath('amazon-sp-api', 'models'), { recursive: true }).map(String);
    const files = models.filter(file => file.endsWith('.json')).toSorted();
    return {
      operations: files.flatMap(file => operationsOf(readSpec('amazon-sp-api', 'models', file))),
      // The models name North America; India is served from Europe. Amazon's own sandbox has the same paths.
      hosts: ['na', 'eu', 'fe'].flatMap(at =>
        ['', 'sandbox.'].map(kind => `${kind}sellingpartnerapi-${at}.amazon.com`),
      ),
      closedReplies: true,
    };
  },
  'google-analytics-data': discovery('google-analytics', 'analyticsdata.v1beta.json'),
  'google-analytics-admin': discovery('google-analytics', 'analyticsadmin.v1beta.json'),
  'google-drive': discovery('google-workspace', 'drive.v3.json'),
  'google-docs': discovery('google-workspace', 'docs.v1.json'),
  'google-sheets': discovery('google-workspace', 'sheets.v4.json'),
  'google-calendar': discovery('google-workspace', 'calendar.v3.json'),
  'google-oauth2': discovery('google-workspace', 'oauth2.v2.json'),
  'google-searchconsole': discovery('google-searchconsole', 'searchconsole.v1.json'),
  youtube: discovery('youtube', 'youtube.v3.json'),
  'youtube-analytics': discovery('youtube', 'youtubeAnalytics.v2.json'),
  /** Calls on graph.facebook.com: ads, pages, and Instagram accounts that hang on a page. Name the node with `as`. */
  meta: () => ({
    ...graphBook(FACEBOOK),
    loose: [
      {
        fault: /: Page has no field or edge tasks|\.tasks: is not in/,
        why: "in the reference of a person's pages, /me/accounts",
      },
    ],
  }),
  /** Calls on graph.instagram.com, with Instagram's own log-in. */
  instagram: () => graphBook(INSTAGRAM),
  'google-ads': googleAdsBook,
  threads: () =>
    postmanBook(readSpec('threads', 'threads-api.postman_collection.json'), {
      host: 'graph.threads.net',
      error: GRAPH_ERROR,
    }),
} as const satisfies Readonly<Record<string, () => Book>>;

export type OfficialName = keyof typeof BOOKS;
