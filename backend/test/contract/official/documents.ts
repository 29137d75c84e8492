import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { discoveryOperations, GOOGLE_ERROR } from './discovery.ts';
import { operationsOf } from './openapi.ts';
import type { Book, Json } from './types.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
/** Not part of the project: beside the checkout, or beside the folder that holds several. `npm run specs` tells where they come from. */
const FOLDER = ['..', join('..', '..')].map(up => join(root, up, 'shared', 'specs')).find(existsSync) ?? null;

/** Printed by tests that are left out for want of the documents. */
export const MISSING = 'the official documents are not beside the checkout (../shared/specs): nothing was checked';
export const hasSpecs = FOLDER !== null;

/** The place of an official file; throws where the folder is absent. */
export const specPath = (...path: string[]): string => join(FOLDER ?? '', ...path);
export const readJson = (...path: string[]): Json => JSON.parse(readFileSync(specPath(...path), 'utf8')) as Json;
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
  (): Book => ({ operations: discoveryOperations(readJson(...path)), error: GOOGLE_ERROR, closedReplies: true });

/** Every document by the name that the tests use. Nothing is read before it is asked for. */
export const BOOKS = {
  stripe: openapi(() => readYaml('stripe', 'spec3.2023-09-13.yaml')),
  // With an OAuth token the same paths are called through api.atlassian.com and the site's id.
  jira: openapi(() => readJson('jira', 'swagger-v3.v3.json'), {
    prefixes: ['', '/ex/jira/{cloudId}'],
    hosts: ['api.atlassian.com', '*.atlassian.net'],
  }),
  whatsapp: openapi(() => readYaml('whatsapp', 'business-messaging-api_v23.0.yaml')),
  canva: openapi(() => readYaml('canva', 'spec.yml')),
  resend: openapi(() => readYaml('resend', 'resend.yaml')),
  openai: openapi(() => readYaml('openai', 'openapi.yaml')),
  x: openapi(() => readJson('x', 'openapi-xdk-mit.json')),
  'amazon-sp-api': (): Book => {
    const models = readdirSync(specPath('amazon-sp-api', 'models'), { recursive: true }).map(String);
    const files = models.filter(file => file.endsWith('.json')).toSorted();
    return {
      operations: files.flatMap(file => operationsOf(readJson('amazon-sp-api', 'models', file))),
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
} as const satisfies Readonly<Record<string, () => Book>>;

export type OfficialName = keyof typeof BOOKS;
