export { createLog, type Log, type LogFields, nameOf, silentLog } from './log.ts';
export { createMetrics, type Metrics, measureProcess } from './metrics.ts';
