export { createJobs, defineJob, type Job, type JobContext, type JobDefinition, type Jobs } from './jobs.ts';
