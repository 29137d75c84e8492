export { deleteRowsOfClient } from './client-end.ts';
export { redateRowsOfClient } from './redate.ts';
export { type SweepResult, sweepLoop, sweepOnce } from './sweeper.ts';
