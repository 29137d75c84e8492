import { z } from 'zod';
import type { Headers } from '../../platform/egress/index.ts';

const HEADERS = ['x-business-use-case-usage', 'x-app-usage', 'x-ad-account-usage', 'x-fb-ads-insights-throttle'];
const PERCENT = new Set(['call_count', 'total_cputime', 'total_time', 'acc_id_util_pct', 'app_id_util_pct']);
/** Seconds in one unit of each: `estimated_time_to_regain_access` is in minutes. */
const WAIT: Readonly<Record<string, number>> = { estimated_time_to_regain_access: 60, reset_time_duration: 1 };
/** When no header says how long. Meta counts over the last hour, and asking sooner would use up more of it. */
const WAIT_SECONDS = 300;

/** How much of the hour's allowance is used (percent), and how long to wait for more. Meta sends it as JSON in four headers of its own. */
export function usageOf(headers: Headers): { percent: number; waitSeconds: number } {
  let percent = 0;
  let regainSeconds = 0;
  for (const name of HEADERS) {
    const told = z.json().safeParse(jsonOf(headers[name]));
    for (const [key, value] of told.success ? numbersIn(told.data) : []) {
      if (PERCENT.has(key)) percent = Math.max(percent, value);
      regainSeconds = Math.max(regainSeconds, value * (WAIT[key] ?? 0));
    }
  }
  return { percent, waitSeconds: Math.min(Math.ceil(regainSeconds), 86_400) || WAIT_SECONDS };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined || text.length > 16_384 ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Every number with its name, at any depth: the headers nest by account, then by use case. */
function numbersIn(value: z.core.util.JSONType): [string, number][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]): [string, number][] =>
    typeof inside === 'number' ? [[key, inside]] : numbersIn(inside),
  );
}
