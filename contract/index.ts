export * from './acts.ts';
export { PersonRow } from './agencies/rows.ts';
export * from './agencies/settings.ts';
export { type Audience, internal, isOfAgency, shownTo } from './audience.ts';
export * from './audit/rows.ts';
export * from './capabilities.ts';
export * from './clients/hours.ts';
export { CLIENT_HUES, CLIENT_MARKS, CLIENT_SHADES, CLIENT_SHAPES, type ClientMark } from './clients/marks.ts';
export * from './clients/profile.ts';
export { ClientDirectoryRow, ClientIdentity, ClientRow } from './clients/rows.ts';
export * from './collection.ts';
export * from './connections/views.ts';
export { ContactRow } from './contacts/rows.ts';
export * from './conversations/content.ts';
export * from './conversations/filters.ts';
export * from './conversations/may-write.ts';
export * from './conversations/order.ts';
export * from './conversations/rows.ts';
export * from './data-classes.ts';
export * from './errors.ts';
export * from './facts.ts';
export * from './fault.ts';
export * from './feature.ts';
export * as fields from './fields.ts';
export * from './identity/views.ts';
export { lenient } from './lenient.ts';
export { digitsOf } from './money.ts';
export { NotificationPreferenceRow } from './notifications/rows.ts';
export * from './people/names.ts';
export {
  DirectoryPerson,
  InvitationRow,
  OffBoardReport,
  OwnershipOffer,
  SentInvitation,
  TeamRow,
} from './people/rows.ts';
export * from './people/rules.ts';
export * from './previews/views.ts';
export * from './problem.ts';
export * from './providers.ts';
export * from './registry.ts';
export * from './retention.ts';
export * from './roles.ts';
export * from './route.ts';
export * from './shorten.ts';
export * from './sync/lines.ts';
export { newId } from './uuid.ts';
export { SIGN_IN_WAYS, type SignInWay } from './web-sign-in/index.ts';
export * from './write.ts';
