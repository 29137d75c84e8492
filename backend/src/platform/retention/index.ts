export { type SweepResult, sweepLoop, sweepOnce } from './sweeper.ts';
