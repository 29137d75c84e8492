export { holdLease, type SweepResult, startSweeper, sweepOnce } from './sweeper.ts';
