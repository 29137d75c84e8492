export { defineJob, type Job, type JobContext, type JobDefinition } from './job.ts';
export { createJobs, type Jobs } from './jobs.ts';
