import type { Seen } from '../providers/rig.ts';
import { type OfficialName, official } from './official/index.ts';

/** What is wrong with these calls, requests and replies alike, by the provider's own document; one sentence each. */
export function faultsOf(name: OfficialName, seen: readonly Seen[]): readonly string[] {
  const document = official(name);
  if (document === null) throw new Error(`the document of ${name} is not at hand`);
  return seen.flatMap(({ method, host, url, headers, body, status, reply }) => [
    ...document.request({ method, host, path: url, headers, body }).map(fault => `${method} ${url}: ${fault}`),
    ...document.reply({ method, path: url, status, body: reply }).map(fault => `${status} of ${url}: ${fault}`),
  ]);
}

export const statusesOf = (seen: readonly Seen[]): readonly number[] =>
  [...new Set(seen.map(({ status }) => status))].toSorted((a, b) => a - b);
