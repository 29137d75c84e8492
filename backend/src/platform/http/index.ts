export type { AuditNote, Ctx, Handler, Handlers, HandlersFor } from './handler.ts';
export { networkOf } from './network.ts';
export { type RouteDeps, registerRoutes } from './routes.ts';
export { createServer } from './server.ts';
