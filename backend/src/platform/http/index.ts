export { checked, isJsonType, parseJson } from './json-body.ts';
export type { AuditNote, Ctx, Handler, Handlers, Module } from './module.ts';
export { probeHandlers } from './probes.ts';
export { problemOf } from './problem.ts';
export { type RouteDeps, registerRoutes } from './routes.ts';
export { createServer } from './server.ts';
