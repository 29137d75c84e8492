/** WhatsApp Cloud API as data. Source: Meta's Cloud API reference v23.0. */
export const WHATSAPP = {
  id: 'whatsapp',
  name: 'WhatsApp',
  lifecycle: 'live',
  hosts: ['graph.facebook.com'],
  version: 'v23.0',
  capabilities: ['messaging'],
  dataClasses: ['end-customer'],
  webhook: {
    scheme: 'hmac-sha256-raw-body',
    header: 'x-hub-signature-256',
    /** The scheme signs no timestamp: what guards against replays are the natural keys of the effects (WH-03, WH-08). */
    timestamp: null,
    /** Meta tries again for this long, so a redelivery of this age must change nothing. */
    retriedSeconds: 7 * 86_400,
    maxBytes: 3_145_728,
  },
  /** For each number. Meta allows 80 messages a second, and more on request. */
  budget: { default: { burst: 80, perSecond: 80 } },
  limits: {
    /** Free-form messages are allowed this long after the customer's newest message. */
    windowSeconds: 24 * 3600,
    maxTextLength: 4096,
    messagesPerSecond: 80,
    /** About one message in this many seconds to the same customer. */
    secondsBetweenToOne: 6,
  },
} as const;
