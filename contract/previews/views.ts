import { z } from 'zod';
import { CAPABILITY_NAMES, type Capability, capabilityOf, type FactOf } from '../capabilities.ts';
import { Fault } from '../fault.ts';
import { Instant } from '../fields.ts';

/** What a read left out: whole rows, or values of rows that are here. `why` is a sentence for a person. */
export const DataGap = z.strictObject({
  kind: z.enum(['row-left-out', 'value-missing']),
  rows: z.int().min(1),
  why: z.string().max(300),
});
export type DataGap = z.infer<typeof DataGap>;

const previewOf = (capability: Capability) =>
  z.strictObject({
    capability: z.literal(capability),
    rows: z.array(capabilityOf(capability).fact).max(500),
    /** How many there are at least: more than `rows` when only the newest are here. Nothing is read only to be counted. */
    total: z.int(),
    /** What of the provider's reply is not among `rows`, and why (docs/decisions/0021-odd-rows.md). Absent when everything is here. */
    gaps: z.array(DataGap).min(1).max(20).optional(),
    fetchedAt: Instant.nullable(),
    /** What is shown is older than it should be, because the provider could not be asked. */
    stale: z.boolean(),
    fault: Fault.nullable(),
  });

type Data = Omit<z.infer<ReturnType<typeof previewOf>>, 'capability' | 'rows'>;

/** What a page of a connection shows of its account, in the product's own shapes: one member for each capability. */
export type Preview = {
  [C in Capability]: Data & { capability: C; rows: FactOf<C>[] };
}[Capability];
const [first, ...others] = CAPABILITY_NAMES;
export const Preview = z.discriminatedUnion('capability', [
  previewOf(first),
  ...others.map(previewOf),
]) as unknown as z.ZodType<Preview>;
