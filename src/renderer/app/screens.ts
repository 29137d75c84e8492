/** Every screen of a client. A new one adds its line here. */
export { screen as connections } from '../features/connections/screen.ts';
export { screen as inbox } from '../features/inbox/screen.ts';
