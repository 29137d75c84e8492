import type { DataClass, RetentionClass } from '@astrix/contract';
import type { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../db/index.ts';
import type { Log } from '../telemetry/index.ts';

/**
 * What a job declares; the boot checks it, and its queue is made from it. `run` must be safe to repeat: a job is delivered at least once.
 * The payload holds ids, numbers and constants only: what a job needs else it reads under its own transaction.
 */
export type JobDefinition = {
  readonly name: string;
  /** `agency`: the payload names the `agencyId`, and a tenant can only enqueue for its own agency. `system`: it names none. */
  readonly tenancy: 'agency' | 'system';
  /** Of what the job works on. */
  readonly dataClass: DataClass;
  /** Jobs are deleted before this class's period ends. */
  readonly retention: RetentionClass;
  readonly schema: z.ZodType;
  /** Further attempts after the first failure; then the job goes to the dead-letter queue. */
  readonly retryLimit: number;
  /** Jobs of this kind that one process runs at the same time, so that a slow provider delays only its own. */
  readonly concurrency: number;
  readonly run: (data: never, context: JobContext) => Promise<void>;
};

export type JobContext = { readonly db: Db; readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

export type Job<T> = JobDefinition & { readonly schema: z.ZodType<T> };

export function defineJob<S extends z.ZodType>(
  definition: Omit<JobDefinition, 'schema' | 'run'> & {
    readonly schema: S;
    readonly run: (data: z.output<S>, context: JobContext) => Promise<void>;
  },
): Job<z.output<S>> {
  return definition as unknown as Job<z.output<S>>;
}
