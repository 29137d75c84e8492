export type ContactOptOut = { readonly agencyId: string; readonly contactId: string; readonly optedOut: boolean };

declare module '../../platform/events/events.ts' {
  interface TenantEvents {
    /** A colleague recorded that a customer does not want to be written to, or wants to again. */
    'contact.opt-out': ContactOptOut;
  }
}
