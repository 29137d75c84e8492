export { defineJob, type Job, type JobContext, type JobDefinition, type Jobs, startJobs } from './jobs.ts';
