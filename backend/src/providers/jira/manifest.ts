import type { Manifest } from '../provider.ts';

/** Jira Cloud platform REST v3 with OAuth 2.0 (3LO). Source: developer.atlassian.com, and its OpenAPI document of September 2025. */
export const JIRA = {
  id: 'jira',
  name: 'Jira',
  group: 'work',
  availability: 'live',
  availabilityNote: '',
  purpose: 'Looks up issues and their status, so that replies can include the progress, and adds issues and comments.',
  dataClasses: ['client-business'],
  hosts: ['api.atlassian.com', 'auth.atlassian.com'],
  /** Burst limits of Jira are 100 a second for each site; the hourly points of the app are shared by all sites, so far less is asked. */
  budget: { default: { burst: 20, perSecond: 5 } },
  auth: {
    kind: 'oauth2',
    app: 'atlassian',
    authorize: {
      host: 'auth.atlassian.com',
      path: '/authorize',
      parameters: { audience: 'api.atlassian.com', prompt: 'consent' },
      scopeSeparator: ' ',
    },
    // Not documented for 3LO: the secret of the app and the state carry it.
    pkce: false,
    callback: {},
    token: { host: 'auth.atlassian.com', path: '/oauth/token', body: 'json' },
    refresh: 'rotating',
    revoke: null,
    revokeByHand: 'Open id.atlassian.com, then Connected apps, and remove Astrix there.',
    scopes: [
      { scope: 'read:jira-work', why: 'Reads projects and issues, with their status and due date.' },
      { scope: 'write:jira-work', why: 'Adds issues and comments that somebody asks for. It changes no other issue.' },
      { scope: 'read:jira-user', why: 'Shows who an issue is assigned to, by display name.' },
      { scope: 'offline_access', why: 'Keeps the connection working without asking for consent each hour.' },
    ],
  },
  capabilities: [
    {
      capability: 'tasks',
      kind: 'read',
      title: 'Issues changed in the last 30 days',
      needs: ['read:jira-work'],
      range: {
        kind: 'range',
        by: 'updated',
        order: 'newest-first',
        // The search index follows changes with a delay.
        overlapSeconds: 600,
        rereadDays: 0,
        historyDays: null,
        previewDays: 30,
        everySeconds: 900,
      },
      input: { label: 'Search issues', placeholder: 'Words in the title or text', required: false },
    },
  ],
  shareable: true,
} as const satisfies Manifest;
