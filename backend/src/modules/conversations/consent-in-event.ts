import type { InboundEvent, InboundEventOf } from '../../providers/messaging.ts';
import { type ConsentSaid, consentIn } from '../contacts/index.ts';

type Fact = { readonly text: string; readonly surely: boolean };

/** Kinds whose text is something that the customer wrote or chose, and not a sentence of ours in place of content. */
const WRITTEN: ReadonlySet<string> = new Set(['text', 'button', 'interactive']);
const CAPTIONED: ReadonlySet<string> = new Set(['image', 'video', 'document']);

/** A payload is a name that a developer gave, such as `stopPromotions` or `btn_opt_out`: its words, without those for the button. */
const wordsOfPayload = (payload: string) =>
  payload
    .replace(/(?<=[a-z])(?=[A-Z])|_/g, ' ')
    .replace(/\b(?:btn|button|cta|id|payload|action|quick|reply|template|v?\d+)\b/gi, '');

/** What the buttons that were tapped stand for, where the message carries it as a part. */
function payloadsOf(message: InboundEventOf<'message'>): string[] {
  return message.content.flatMap(part => (part.kind === 'payload' ? [part.payload] : []));
}

/**
 * Everything that an event holds in the customer's own words: the text, the title of what was chosen, its description, and the payload behind
 * it. A caption is about its picture, so what it asks for is not certain.
 */
function factsIn(event: InboundEvent): readonly Fact[] {
  if (event.kind === 'edit') return [{ text: event.text, surely: true }];
  // What the business wrote on its own phone asks nobody to stop.
  if (event.kind !== 'message' || event.origin !== 'customer') return [];
  const { messageKind, text } = event;
  if (CAPTIONED.has(messageKind)) return [{ text, surely: false }];
  if (!WRITTEN.has(messageKind)) return [];
  if (messageKind === 'text') return [{ text, surely: true }];
  const [title = '', ...description] = text.split(' – ');
  return [title, ...payloadsOf(event), ...description].map(said => ({ text: wordsOfPayload(said), surely: true }));
}

/** What the customer says about consent in an event: the first certain request, else the first likely one, else null. */
export function consentInEvent(event: InboundEvent): ConsentSaid | null {
  const said = factsIn(event).flatMap(({ text, surely }): ConsentSaid[] => {
    const found = consentIn(text);
    if (found === null || surely) return found === null ? [] : [found];
    return found.wants === 'stop' ? [{ ...found, certainty: 'likely' }] : [];
  });
  return said.find(({ certainty }) => certainty === 'certain') ?? said[0] ?? null;
}
