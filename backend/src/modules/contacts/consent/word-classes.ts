/**
 * What a word or a phrase can mean for consent, with the letter that stands for it in a pattern. `classify.ts` reads the patterns.
 * A word that no lexicon names is `unknown`.
 */
export const LETTERS = {
  /** Stop, as a request that says enough by itself. */
  stop: 's',
  /** Stop, as a request that needs its object: «end», «cancel». */
  halt: 'S',
  /** «Stop it»: of whatever was named, and of nothing when it stands alone. */
  stopIt: 'T',
  /** An opt-out whatever stands beside it: «unsubscribe», «remove me from your list». */
  out: 'o',
  /** «Remove my number», which is an opt-out together with a list. */
  remove: 'R',
  list: 'L',
  /** Not, of an imperative or a wish: «do not», «mat». */
  not: 'n',
  /** A bare «not», which says nothing before a noun. */
  bareNot: 'G',
  /** Not before a verb, and a plea after it: «na». */
  na: 'N',
  /** «No» before a noun. */
  no: 'g',
  noMore: 'k',
  send: 'v',
  /** To write to somebody: a verb that is its own object. */
  contact: 'c',
  /** A verb that takes its meaning from its noun: «karo». */
  do: 'd',
  want: 'w',
  /** «Do not send» in one word or one fixed phrase. */
  dontSend: 'x',
  /** «I do not want» in one word. */
  dontWant: 'y',
  notInterested: 'b',
  message: 'm',
  /** A message only where something is sent or wanted: «no update» asks for one. */
  update: 'U',
  anything: 'a',
  promotion: 'p',
  /** A price or a sale: a promotion only together with a message or with sending. */
  deal: 'q',
  /** Another way to be reached: a call, an e-mail. */
  call: 'l',
  and: 'j',
  only: 'i',
  annoyed: 'r',
  /** Too many, of messages. */
  many: 'Q',
  /** «Now»: at once after «stop», and not at this moment after «do not». */
  now: 'W',
  /** A request to go on: «do not stop». */
  keep: 'e',
  /** Another time, another person, a condition, or something that already happened. */
  veto: 'z',
  /** Makes a request uncertain: a question. */
  doubt: 'h',
  /** A polite word: «please». Counts as filler. */
  please: 'P',
  /** Changes nothing beside a message, and is what a bare «stop» would be about: «phone», «shop». */
  context: 'C',
  /** Changes nothing. */
  filler: 'f',
  /** A message by a word that also names something else: «massage». */
  misspelt: 'M',
} as const;
export type WordClass = keyof typeof LETTERS;

/** Phrases by class, separated by commas. `{a|b}` stands for each of its alternatives; an empty one leaves the place out. */
export type Lexicon = Readonly<Partial<Record<WordClass, string>>>;
