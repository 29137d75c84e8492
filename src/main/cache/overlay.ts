import { isWrite, writeOf } from '@astrix/contract';
import type { Command } from './api.ts';

const metaOf = ({ createdAt }: Command) => ({ createdAt });

/**
 * The server's row as this person should see it while their own writes are on the way. Pure, so that taking a write back is laying the
 * others over the row again without it.
 */
export function overlaid<R>(row: R, commands: readonly Command[]): R {
  return commands.reduce(
    (before, command) => writeOf(command.write).overlay(before, command.args, metaOf(command)) as R,
    row,
  );
}

/** The row that a waiting write makes; null when none of them makes one. */
export function createsRow(commands: readonly Command[]): { readonly id: string; readonly clientId?: string } | null {
  for (const command of commands) {
    const { creates } = writeOf(command.write);
    if (creates) return creates(command.args, metaOf(command)) as { id: string; clientId?: string };
  }
  return null;
}

/** The word for a write, and one line for the list of what is waiting. */
export function wordsOf(command: Command): { label: string; summary: string } {
  if (!isWrite(command.write)) return { label: 'Change', summary: 'Unknown change' };
  const { label, says } = writeOf(command.write);
  return { label, summary: says(command.args) };
}
