export { deleteRowsOfClient } from './client-end.ts';
export { type SweepResult, sweepLoop, sweepOnce } from './sweeper.ts';
