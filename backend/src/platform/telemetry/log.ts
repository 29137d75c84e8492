import { shorten } from '@astrix/contract';
import pino from 'pino';

/** Fields that may stand in a log line. Whatever else is passed is dropped before it is written (AL-06). */
const ALLOWED = new Set([
  'event',
  'route',
  'status',
  'ms',
  'actor',
  'client',
  'requestId',
  'code',
  'count',
  'job',
  'attempt',
  'reason',
  'engine',
  'role',
  'url',
  'version',
  'provider',
  'table',
  'seconds',
  'bytes',
  'host',
  'error',
  'migration',
  'agency',
  'connection',
  'field',
  'kek',
  'kekNext',
]);

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `event` is a fixed phrase of ours; anything that varies goes into fields. */
export type Log = {
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
};

// Control, bidi and line-separating characters: nothing that comes from outside may start a line or turn it around (AL-08).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function kept(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (!ALLOWED.has(key) || value === undefined) continue;
    line[key] = typeof value === 'string' ? shorten(value.replace(UNSAFE, '�'), 300) : value;
  }
  return line;
}

/** JSON lines to `destination` (standard error by default), one line each, whatever is in the fields. */
export function createLog(
  level: string,
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } },
    destination,
  );
  return {
    info: (event, fields = {}) => logger.info({ event, ...kept(fields) }),
    warn: (event, fields = {}) => logger.warn({ event, ...kept(fields) }),
    error: (event, fields = {}) => logger.error({ event, ...kept(fields) }),
  };
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The kind of a failure without its words: messages of drivers and parsers quote what they choked on. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? `/${error.code}` : '';
  return `${error.name}${code}`;
}
