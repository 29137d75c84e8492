/** Every screen, of a client and of the agency. A new one adds its line here. */
export { screen as agencySettings } from '../features/agency-settings/screen.ts';
export { screen as audit } from '../features/audit/screen.ts';
export { screen as clients } from '../features/clients/screen.ts';
export { screen as connections } from '../features/connections/screen.ts';
export { screen as inbox } from '../features/inbox/screen.ts';
export { screen as people } from '../features/people/screen.ts';
export { screen as security } from '../features/security/screen.ts';
export { screen as signIn } from '../features/sign-in-settings/screen.ts';
