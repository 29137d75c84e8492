import type { Role } from '@astrix/contract';

declare module '../../platform/events/events.ts' {
  interface Events {
    /** Somebody has become a member of an agency, by an invitation that named these teams. */
    'person.joined': {
      readonly agencyId: string;
      readonly personId: string;
      readonly role: Role;
      readonly teamIds: readonly string[];
    };
  }
}
