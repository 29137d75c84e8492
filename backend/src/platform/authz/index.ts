export { type Authenticate, demandClient, demandPermission } from './authz.ts';
