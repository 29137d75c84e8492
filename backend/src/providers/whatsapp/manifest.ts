import type { Manifest } from '../provider.ts';

/** WhatsApp Cloud API as data. Source: Meta's Cloud API reference v23.0. */
export const WHATSAPP = {
  id: 'whatsapp',
  name: 'WhatsApp',
  group: 'messaging',
  availability: 'live',
  availabilityNote: '',
  purpose: 'Answers the client’s customers on WhatsApp: messages in, replies and approved templates out.',
  hosts: ['graph.facebook.com', 'lookaside.fbsbx.com'],
  version: 'v23.0',
  auth: {
    kind: 'key',
    credential: 'token',
    fields: [
      {
        name: 'token',
        label: 'Access token',
        kind: 'secret',
        help: 'Meta Business Suite → Settings → System users → Generate token, with the two permissions below.',
        pattern: '[A-Za-z0-9_-]{20,500}',
        rule: 'is one line of letters and digits, such as EAAG…',
        maxLength: 500,
        required: true,
        options: [],
      },
      {
        name: 'phoneNumberId',
        label: 'Phone number ID',
        kind: 'text',
        help: 'WhatsApp Manager → API setup. It is not the phone number itself.',
        pattern: '\\d{5,20}',
        rule: 'has 5 to 20 digits',
        maxLength: 20,
        required: true,
        options: [],
      },
      {
        name: 'businessAccountId',
        label: 'WhatsApp Business Account ID',
        kind: 'text',
        help: 'WhatsApp Manager → API setup, beside the phone number ID.',
        pattern: '\\d{5,20}',
        rule: 'has 5 to 20 digits',
        maxLength: 20,
        required: true,
        options: [],
      },
    ],
    scopes: [
      { scope: 'whatsapp_business_messaging', why: 'Sends replies and receives what customers write.' },
      { scope: 'whatsapp_business_management', why: 'Reads the number, its quality and the approved templates.' },
    ],
    revokeByHand: 'In Meta Business Suite, Settings → System users, revoke the token.',
  },
  capabilities: [
    { capability: 'messaging', kind: 'send', title: 'Replies and templates', needs: [] },
    { capability: 'messaging', kind: 'receive', title: 'Customer messages', needs: [] },
    {
      capability: 'messaging',
      kind: 'read',
      title: 'Phone number and quality',
      needs: [],
      range: { kind: 'whole', everySeconds: 21_600 },
    },
    {
      capability: 'templates',
      kind: 'read',
      title: 'Message templates',
      needs: [],
      range: { kind: 'whole', everySeconds: 21_600 },
    },
  ],
  shareable: false,
  dataClasses: ['end-customer'],
  /** For each number, which is one connection. Meta allows 80 messages a second, and more on request. */
  budget: { default: { burst: 80, perSecond: 80 } },
} as const satisfies Manifest & Record<string, unknown>;
