import { describe, expect, test } from 'vitest';
import {
  hasSpecs,
  MISSING,
  type Official,
  type OfficialName,
  type OfficialReply,
  type OfficialRequest,
  official,
} from './index.ts';

type Wrong = readonly [what: string, change: Partial<OfficialRequest>, fault: string];
type Untrue = readonly [what: string, change: Partial<OfficialReply>, fault: string];

/** Left out, and said once, where the documents are not at hand. */
export const describeSpecs = (title: string, body: () => void): void => {
  if (hasSpecs) describe(title, body);
  else test.skip(`${title}: ${MISSING}`, () => undefined);
};

/** A request and a reply that a document allows, and changes to them each of which it finds. */
export function judged(
  name: OfficialName,
  title: string,
  {
    request,
    wrong,
    reply,
    untrue,
  }: {
    readonly request: OfficialRequest;
    readonly wrong: readonly Wrong[];
    readonly reply: Omit<OfficialReply, 'method' | 'path'>;
    readonly untrue: readonly Untrue[];
  },
): void {
  describeSpecs(`${name}: ${title}`, () => {
    const document = (): Official => official(name)!;
    const { method, path, as } = request;
    const answer: OfficialReply = { method, path, ...(as === undefined ? {} : { as }), ...reply };
    test('what is right passes', () => {
      expect(document().request(request)).toEqual([]);
      expect(document().reply(answer)).toEqual([]);
    });
    test.each(wrong)('a request with %s is found', (_, change, fault) => {
      expect(document().request({ ...request, ...change })).toEqual([expect.stringContaining(fault)]);
    });
    test.each(untrue)('a reply with %s is found', (_, change, fault) => {
      expect(document().reply({ ...answer, ...change })).toEqual([expect.stringContaining(fault)]);
    });
  });
}
