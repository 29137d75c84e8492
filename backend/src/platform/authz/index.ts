export {
  type Authenticate,
  type ClientExists,
  demandClient,
  demandPermission,
  demandStepUp,
  type SessionActor,
} from './authz.ts';
