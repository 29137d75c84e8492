import { RETENTION } from '@astrix/contract';
import { z } from 'zod';
import type { JobDefinition } from './job.ts';

type JsonSchema = {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
};

/** Refuses a job whose declaration is impossible: class and retention that do not belong together, or a payload of more than ids. */
export function demandDeclared(job: JobDefinition): void {
  const refuse = (why: string): never => {
    throw new Error(`The job ${job.name} ${why}.`);
  };
  if (!(RETENTION[job.retention].classes as readonly string[]).includes(job.dataClass))
    refuse(`is of class ${job.dataClass}, which the retention class ${job.retention} does not cover`);
  if (!Number.isInteger(job.retryLimit) || job.retryLimit < 0) refuse('has no usable retryLimit');
  if (!Number.isInteger(job.concurrency) || job.concurrency < 1) refuse('has no usable concurrency');
  const { properties = {}, ...payload } = z.toJSONSchema(job.schema, { unrepresentable: 'any' }) as JsonSchema;
  if (payload.type !== 'object' || payload.additionalProperties !== false)
    refuse('has a payload that keeps keys that it does not name');
  for (const [name, property] of Object.entries(properties))
    if (!isIdOrConstant(property)) refuse(`carries ${name}, which is not an id, a number or a constant`);
  const hasAgency = properties.agencyId?.format === 'uuid';
  if (job.tenancy === 'agency' && !hasAgency) refuse('works for an agency, but its payload has no agencyId');
  if (job.tenancy === 'system' && hasAgency) refuse('works for no agency, but its payload has an agencyId');
}

/** Text of a person never fits: a queue's table has no RLS policy and no per-row expiry. */
function isIdOrConstant({ type, format, enum: values, const: constant }: JsonSchema): boolean {
  if (values !== undefined || constant !== undefined) return true;
  if (type === 'string') return format === 'uuid' || format === 'date-time' || format === 'date';
  return type === 'integer' || type === 'number' || type === 'boolean';
}
