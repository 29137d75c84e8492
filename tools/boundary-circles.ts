import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { importsOf, sourcesOf } from './boundaries.ts';

export type Graph = ReadonlyMap<string, readonly string[]>;

/** Imports between the files of the product, imports of types included: two files that need each other are one idea in two places. */
export function graphOf(root: string): Graph {
  const files = new Set(sourcesOf(root));
  return new Map(
    [...files].map(path => {
      const targets = importsOf(readFileSync(join(root, path), 'utf8'))
        .filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => posix.join(posix.dirname(path), from))
        .filter(target => files.has(target));
      return [path, targets];
    }),
  );
}

/** Groups of files that reach each other by imports, each sorted (Tarjan's strongly connected components of more than one file). */
export function circlesIn(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const open = new Set<string>();
  const circles: string[][] = [];

  function visit(file: string): void {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    open.add(file);
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (open.has(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const members = stack.splice(stack.lastIndexOf(file));
    for (const member of members) open.delete(member);
    if (members.length > 1 || graph.get(file)?.includes(file)) circles.push(members.sort());
  }

  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return circles;
}
