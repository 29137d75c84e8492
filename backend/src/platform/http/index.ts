export type { AuditNote, Ctx, Handler, Handlers, HandlersFor } from './handler.ts';
export { checked, isJsonType } from './json-body.ts';
export { problemOf } from './problem.ts';
export { type RouteDeps, registerRoutes } from './routes.ts';
export { createServer } from './server.ts';
