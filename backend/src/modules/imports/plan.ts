import type { RangedRead, WholeRead } from '../../providers/read.ts';

const DAY_MS = 86_400_000;

export type Run = {
  /** `history`: everything, for the first time. `changes`: what has changed since the last run. `again`: the last days once more. */
  readonly kind: 'history' | 'changes' | 'again';
  /** Null for as far back as the provider tells. */
  readonly since: Date | null;
};

export type Progress = {
  /** Everything up to here is imported; null until the history is. */
  readonly readUntil: Date | null;
  /** When the last days were read again; null until the history is. */
  readonly rereadAt: Date | null;
};

/** What the next run reads, by what the manifest says about the read. Pure. */
export function nextRun(range: RangedRead | WholeRead, { readUntil, rereadAt }: Progress, now: Date): Run {
  if (readUntil === null) return { kind: 'history', since: null };
  if (range.kind === 'whole') return { kind: 'changes', since: null };
  const changes = readUntil.getTime() - range.overlapSeconds * 1000;
  const isDue = range.rereadDays !== 0 && (rereadAt === null || now.getTime() - rereadAt.getTime() >= DAY_MS);
  if (!isDue) return { kind: 'changes', since: new Date(changes) };
  if (range.rereadDays === null) return { kind: 'again', since: null };
  // After a long pause the changes go further back than the days that are read again.
  return { kind: 'again', since: new Date(Math.min(changes, now.getTime() - range.rereadDays * DAY_MS)) };
}

const MINUTE = 60;
const MAX_PAUSE_SECONDS = 6 * 3600;

/** How long to wait after so many failures in a row: 1, 2, 4 … minutes, six hours at most. */
export const pauseSeconds = (failures: number): number =>
  Math.min(MINUTE * 2 ** Math.min(failures, 12), MAX_PAUSE_SECONDS);
