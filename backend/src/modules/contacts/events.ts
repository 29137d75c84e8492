import type { ContactConsent } from './consent.ts';

export type ContactConsentChanged = {
  readonly agencyId: string;
  readonly contactId: string;
  readonly consent: ContactConsent;
};

declare module '../../platform/events/events.ts' {
  interface TenantEvents {
    /** A colleague recorded what a customer wants to receive. */
    'contact.consent': ContactConsentChanged;
  }
}
