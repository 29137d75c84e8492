import type { Manifest } from '../provider.ts';

export const PRODUCTION = 'track.delhivery.com';
export const STAGING = 'staging-express.delhivery.com';

/** Delhivery Express (B2C). Source: its developer portal as copied by others, and live replies; there is no official machine-readable document. */
export const DELHIVERY = {
  id: 'delhivery',
  name: 'Delhivery',
  group: 'commerce',
  availability: 'live',
  availabilityNote: '',
  purpose: 'Tracks shipments by AWB number: where a parcel is, and when it is expected. Nothing is booked or changed.',
  dataClasses: ['logistics'],
  hosts: [PRODUCTION, STAGING],
  /** 750 trackings and 4,500 pin codes in 5 minutes for one IP address, which all clients share: so far less for each. */
  budget: {
    default: { burst: 5, perSecond: 1 },
    tracking: { burst: 10, perSecond: 0.5 },
  },
  auth: {
    kind: 'key',
    credential: 'token',
    fields: [
      {
        name: 'environment',
        label: 'Environment',
        kind: 'choice',
        help: 'Real shipments are in production. A staging token comes from your Delhivery contact.',
        pattern: '^(?:production|staging)$',
        rule: 'must be production or staging',
        maxLength: 10,
        required: true,
        options: [
          { value: 'production', label: 'Production' },
          { value: 'staging', label: 'Staging' },
        ],
      },
      {
        name: 'token',
        label: 'API token',
        kind: 'secret',
        help: 'In Delhivery One: Settings, then API Setup. It does not expire; creating a new token there replaces it.',
        pattern: '^[A-Za-z0-9]{20,80}$',
        rule: 'must be the token alone: 20 to 80 letters and digits, without the word Token',
        maxLength: 80,
        required: true,
        options: [],
      },
    ],
    scopes: [{ scope: 'API token', why: 'Delhivery issues one token for all functions; Astrix uses it only to read.' }],
    revokeByHand:
      'Open Delhivery One, then Settings, API Setup, and create a new token; this invalidates the token stored here.',
  },
  capabilities: [
    {
      capability: 'shipments',
      kind: 'read',
      title: 'Shipments by AWB number',
      needs: [],
      range: { kind: 'look-up', why: 'Delhivery provides shipments by AWB number only, not as a list.' },
      input: { label: 'AWB numbers', placeholder: 'Up to 50, with commas or spaces between', required: true },
    },
  ],
  shareable: false,
} as const satisfies Manifest;
