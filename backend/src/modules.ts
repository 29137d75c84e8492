/** Every module of the backend, by the name of its feature. A new one adds its line here; the order is free. */
export { agencies } from './modules/agencies/index.ts';
export { audit } from './modules/audit/index.ts';
export { clients } from './modules/clients/index.ts';
export { connections } from './modules/connections/index.ts';
export { contacts } from './modules/contacts/index.ts';
export { conversations } from './modules/conversations/index.ts';
export { http } from './modules/http/index.ts';
export { identity } from './modules/identity/index.ts';
export { imports } from './modules/imports/index.ts';
export { notifications } from './modules/notifications/index.ts';
export { people } from './modules/people/index.ts';
export { previews } from './modules/previews/index.ts';
export { sync } from './modules/sync/index.ts';
export { webSignIn } from './modules/web-sign-in/index.ts';
export { webhooks } from './modules/webhooks/index.ts';
