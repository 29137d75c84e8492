const LIKE: Readonly<Record<string, readonly [RegExp, string]>> = {
  // Jira writes its zone without a colon (+0530) and calls it date-time all the same.
  'date-time': [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/i, 'a time like 2026-01-05T09:30:00Z'],
  'google-datetime': [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, 'a time like 2026-01-05T09:30:00Z'],
  'google-duration': [/^-?\d+(\.\d{1,9})?s$/, 'a duration like 3.5s'],
  date: [/^\d{4}-\d\d-\d\d$/, 'a date like 2026-01-05'],
  uuid: [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'a UUID'],
  int64: [/^-?\d{1,19}$/, 'a whole number written as a string'],
  uint64: [/^\d{1,20}$/, 'a whole number written as a string'],
  byte: [/^[A-Za-z0-9+/_-]*={0,2}$/, 'base64'],
};

/** What is expected of a text of that format when it is something else; null when it fits or the format is not known here. */
export function formatFault(format: string, value: string): string | null {
  const rule = LIKE[format];
  return rule && !rule[0].test(value) ? rule[1] : null;
}
