export {
  type Authenticate,
  demandClient,
  demandPermission,
  demandStepUp,
  type FindClient,
  type SessionActor,
} from './authz.ts';
