export { type Assembly, assemble } from './assemble.ts';
export {
  defineModule,
  type HandlersOf,
  type Listener,
  type Module,
  type ModuleDefinition,
  type ModuleOf,
} from './define-module.ts';
export type { DemoCast, DemoClient, DemoMessage, DemoPerson, DemoThread, Seed } from './demo.ts';
export type { ImportedPage, Importer, Imports } from './imports.ts';
export { type AgencySettings, type CalledAddress, createPortBoard, type DemandReadable, type Ports } from './ports.ts';
export type { Installation, Services } from './services.ts';
