/**
 * JSON without the keys whose value is null, at every depth: a key of null says as much as a key that is not there
 * (docs/decisions/0021-odd-rows.md). Elements of lists stay, because a row of null is a row that cannot be read.
 */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([key, one]) => [key, withoutNulls(one)] as const),
  );
}
