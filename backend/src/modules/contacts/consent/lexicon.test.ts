import { expect, test } from 'vitest';
import { consentIn } from './classify.ts';
import { LEXICONS, START_ALL, START_PROMOTIONS } from './lexicon.ts';
import { isNear, looseForm, wordsOf } from './normalise.ts';
import { expanded, lexemesOf, phrasesOf } from './vocabulary.ts';

test('a phrase with braces stands for each of its alternatives', () => {
  expect(expanded('{band|bandh} {karo|kar do}')).toEqual(['band karo', 'bandh karo', 'band kar do', 'bandh kar do']);
  expect(phrasesOf('stop {it|}, UNSUB')).toEqual(['stop it', 'stop', 'unsub']);
});

test('ME-04: in one lexicon a phrase has one meaning', () => {
  for (const { lexicon } of LEXICONS) {
    const meanings = new Map<string, Set<string>>();
    for (const [kind, list] of Object.entries(lexicon))
      for (const phrase of phrasesOf(list).filter(Boolean))
        meanings.set(phrase, (meanings.get(phrase) ?? new Set()).add(kind));
    expect([...meanings].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  }
});

test('ME-04: every phrase that opts in does so', () => {
  for (const phrase of phrasesOf(START_ALL))
    expect(consentIn(phrase), phrase).toMatchObject({ wants: 'start', scope: 'all' });
  for (const phrase of phrasesOf(START_PROMOTIONS))
    expect(consentIn(phrase), phrase).toMatchObject({ wants: 'start', scope: 'promotions' });
});

test.each([
  ['mujhe mesages nhi chaiye', ['filler', 'message', 'not', 'want']],
  ['mjhe msg mat bhjo', ['filler', 'message', 'not', 'send']],
  ['unsubcribe', ['out']],
  ['unsuscribbe', ['out']],
  ['stop the delivery 12', ['stop', 'filler', 'unknown', 'filler']],
] as const)('«%s» is read in another spelling', (text, lexemes) => {
  expect(lexemesOf(text)).toEqual(lexemes);
});

test('words are without what decorates them', () => {
  expect(wordsOf('*DON’T* _send_\u200b… मैसेज़!')).toEqual(['dont', 'send', 'मैसेज']);
  expect(looseForm('chahiye')).toBe(looseForm('chaiye'));
  expect([isNear('mesage', 'message', 1), isNear('mseage', 'message', 1), isNear('mesasge', 'message', 1)]).toEqual([
    true,
    false,
    true,
  ]);
});
