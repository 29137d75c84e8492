import { failureOf } from '../../src/providers/whatsapp/failures.ts';
import type { FakeWhatsapp } from '../world.ts';

/** `accepted`: the default. `cut`: the connection breaks, so that nobody knows whether it went out. `dead`: the credential is refused. */
export type Answer =
  | 'accepted'
  | 'cut'
  | 'dead'
  | { readonly retryAfterSeconds: number }
  | { readonly failsWith: number };

/** The messaging provider as a test sees it: what it was asked to send, and how it answers. */
export type Provider = {
  readonly received: FakeWhatsapp['sent'];
  /** Answers the next messages in this order, one each, and accepts what comes after them. */
  readonly answers: (...answers: readonly Answer[]) => void;
};

/** Over the fake client of a world. The tests of modules know these words only, not the shape of the client. */
export function providerOf(whatsapp: FakeWhatsapp): Provider {
  const accept = whatsapp.answer;
  return {
    received: whatsapp.sent,
    answers(...answers) {
      const waiting = [...answers];
      whatsapp.answer = message => {
        const answer = waiting.shift() ?? 'accepted';
        if (answer === 'accepted') return accept(message);
        if (answer === 'cut') return { kind: 'ambiguous', why: 'cut' };
        if (answer === 'dead') return { kind: 'refused', fault: failureOf(190, ''), credentialDead: true };
        if ('retryAfterSeconds' in answer)
          return { kind: 'retry', afterSeconds: answer.retryAfterSeconds, why: 'test' };
        return { kind: 'refused', fault: failureOf(answer.failsWith, ''), credentialDead: false };
      };
    },
  };
}
