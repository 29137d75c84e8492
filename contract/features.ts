/** Every feature of the product. A new one adds its line here. */
export { agencies } from './agencies/index.ts';
export { audit } from './audit/index.ts';
export { clients } from './clients/index.ts';
export { connections } from './connections/index.ts';
export { contacts } from './contacts/index.ts';
export { conversations } from './conversations/index.ts';
export { http } from './http/index.ts';
export { identity } from './identity/index.ts';
export { imports } from './imports/index.ts';
export { notifications } from './notifications/index.ts';
export { people } from './people/index.ts';
export { previews } from './previews/index.ts';
export { sync } from './sync/index.ts';
export { webSignIn } from './web-sign-in/index.ts';
export { webhooks } from './webhooks/index.ts';
