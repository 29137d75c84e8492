export { holdLease } from './lease.ts';
export { createLoops, type Loop, type Loops } from './loops.ts';
