export type { AuditNote, Ctx, Handler, Handlers, HandlersFor } from './handler.ts';
export { checked, isFormType } from './json-body.ts';
export { networkOf } from './network.ts';
export { problemOf } from './problem.ts';
export { createRateLimit } from './rate.ts';
export { type RouteDeps, registerRoutes } from './routes.ts';
export { createServer } from './server.ts';
