import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** One line of a measured table: ours beside its peer, and the goal that was set before measuring. */
export type Measure = {
  readonly what: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  readonly goal: string;
  readonly held: boolean | null;
};

export type BenchReport = {
  readonly name: string;
  readonly title: string;
  readonly how: string;
  readonly measures: readonly Measure[];
};

export const OUT = join(import.meta.dirname, '..', 'out', 'bench');

export function machine(): string {
  const cpu = cpus();
  return `${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform}`;
}

export function markdown(report: BenchReport): string {
  const verdict = (held: boolean | null) => (held === null ? '–' : held ? 'held' : '**missed**');
  const rows = report.measures.map(
    m => `| ${m.what} | ${m.ours} | ${m.peer} | ${m.ratio} | ${m.goal} | ${verdict(m.held)} |`,
  );
  return [
    `## ${report.title}`,
    '',
    report.how,
    '',
    '| what | ours | peer | ratio | goal | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Prints the table and keeps it as JSON, from which `npm run bench -- --write` makes docs/benchmarks.md. */
export function publish(report: BenchReport): void {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, `${report.name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${markdown(report)}\n`);
}

export function percentile(sorted: readonly number[], fraction: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))]!;
}
