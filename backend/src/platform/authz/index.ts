export { type Authenticate, type ClientExists, demandClient, demandPermission } from './authz.ts';
