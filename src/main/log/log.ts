import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { shorten } from '@astrix/contract';

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
export type ConsoleLog = (event: string, fields?: LogFields) => void;

const KEEP_DAYS = 3;
const MAX_BYTES = 5 * 1_048_576;

const RULES: readonly (readonly [RegExp, string])[] = [
  [/astrix-(?:access|refresh)-[\w.-]+/g, '[token]'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '[email]'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{9}([0-9a-f]{3})\b/gi, '…$1'],
  [/\+?\d[\d ()-]{7,18}\d/g, '[number]'],
  [/\b[A-Za-z0-9_-]{32,}\b/g, '[long]'],
];

/** Runs over every line before it is written: what could name a person or open a door is replaced (AL-06, AL-07). Never throws. */
export function redact(text: string): string {
  const home = homedir();
  const short = shorten(text, 2000);
  const homeless = home.length > 3 ? short.replaceAll(home, '~') : short;
  return RULES.reduce((line, [pattern, shown]) => line.replaceAll(pattern, shown), homeless);
}

/** JSON lines, a file a day, three days kept. Logging must never be the reason that something else fails. */
export function openLog(folder: string, now: () => Date): ConsoleLog {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const oldest = new Date(now().getTime() - KEEP_DAYS * 86_400_000).toISOString().slice(0, 10);
    for (const name of readdirSync(folder))
      if (/^\d{4}-\d\d-\d\d\.log$/.test(name) && name.slice(0, 10) < oldest) rmSync(join(folder, name));
  } catch {
    return () => undefined;
  }
  return (event, fields = {}) => {
    try {
      const at = now().toISOString();
      const file = join(folder, `${at.slice(0, 10)}.log`);
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) return;
      const kept = Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? redact(value) : value]),
      );
      appendFileSync(file, `${JSON.stringify({ at, event: redact(event), ...kept })}\n`, { mode: 0o600 });
    } catch {
      // A full disk is told about elsewhere; here there is nothing left to do.
    }
  };
}
