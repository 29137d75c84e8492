import { START_ALL, START_PROMOTIONS, STOP_ALONE } from './lexicon.ts';
import { wordsOf } from './normalise.ts';
import { lexemesOf, phrasesOf } from './vocabulary.ts';
import { LETTERS } from './word-classes.ts';

/** What a customer asks for: to stop everything, or promotions only. */
export type ConsentScope = 'all' | 'promotions';
export type Certainty = 'certain' | 'likely';

/** What a message says about consent. A `start` is always certain. */
export type ConsentSaid =
  | { readonly wants: 'stop'; readonly scope: ConsentScope; readonly certainty: Certainty }
  | { readonly wants: 'start'; readonly scope: ConsentScope; readonly certainty: 'certain' };

/** A message of more characters or words is not read: it is a letter, a list or a forwarded text. */
const MOST_CHARACTERS = 1000;
const MOST_WORDS = 60;

const STOPS = new Set(phrasesOf(STOP_ALONE));
const STARTS = new Map<string, ConsentScope>([
  ...phrasesOf(START_ALL).map(phrase => [phrase, 'all'] as const),
  ...phrasesOf(START_PROMOTIONS).map(phrase => [phrase, 'promotions'] as const),
]);

/**
 * Requests, as patterns over the letters of `LETTERS` once fillers are left out. Each is one way to say «stop» with its object. They are
 * tried in this order, and what one has matched is not read again.
 */
const REQUESTS: readonly RegExp[] = [
  // «unsubscribe», «remove my number … list».
  /w*o[mpqv]*L?|w*R[^oR]*L|L[^oL]*R/g,
  // «I do not want to receive your messages»; «not interested in your messages».
  /[nG]+w[wvd]*a*[mpqc]+|bw*v+[mpqa]+|bm+/g,
  // «do not send me offers», «do not message me», «mat bhejo msg».
  /[nGN]v+[mpqca]+|n[mpqc]+v?d?|[nGN]c/g,
  // «message mat bhejo», «offer wale message mat karo», «kuch mat bhejo»; «message bhejna mat».
  /[mpqac]+v*d*[nGN][vdc]+|[mpqa]+[vd]+n(?![vdw])/g,
  // «message nahi chahiye», «message pathvu naka», «message vaddu».
  /[mpq]+v*d*[nG]w|[mpqa]+[vd]*x+|x[mpqa]+|[mpq]+[vd]*y+[vd]*|y[vd]*[mpq]+/g,
  // «stop messages», «message bhejna band karo».
  /w*[vmcapq][vmcapqd]*[sST](?:[rvmcapqd]*[vmcapq])?|w*[sST][rvmcapqd]*[vmcpq]/g,
  // «no more messages».
  /k[vmpq]*[mp]/g,
];

type Reading = { readonly scope: ConsentScope; readonly certainty: Certainty } | null;

/** What the letters of a message ask for, or null. */
function read(letters: string, polite: boolean): Reading {
  if (/[ez]/.test(letters) || /n[sSTo]/.test(letters)) return null;
  // «Cancel» and its like need an object that is known: «cancel messages», and not «cancel the booking».
  let rest = letters.includes('u') ? letters.replaceAll('S', 'u') : letters;
  rest = rest.replaceAll('U', /[sTxvwo]/.test(rest) || (polite && rest.includes('k')) ? 'm' : 'u');
  // A call counts like a message where both are named together; «call me, do not message» is not for us to decide.
  rest = rest.replace(/[lmc]j+[lmc]/g, pair => (/[mc]/.test(pair) ? 'm' : 'l'));
  if (rest.includes('l')) {
    if (/[mcpqu]/.test(rest)) return null;
    return read(rest.replaceAll('l', 'm'), polite) && { scope: 'all', certainty: 'likely' };
  }
  const both = /mj+p|pj+m/.test(rest);
  rest = rest.replace(/j|N(?![vdc])/g, '');
  const fewer = /[snT]v+Q/.test(rest);
  const tooMany = /Q[mpqv]/.test(rest);
  const now = rest.includes('W');
  const context = rest.includes('C');
  rest = rest.replace(/[QWC]/g, '');
  const scopeOf = (said: string): ConsentScope => (/[pq]/.test(said) && !both ? 'promotions' : 'all');
  if (/(?:[sT]v*|nv+)u{1,2}[mpq]/.test(rest)) return { scope: scopeOf(rest), certainty: 'likely' };
  const only = rest.includes('i');
  rest = rest.replaceAll('i', '');
  let said = '';
  for (const pattern of [
    ...REQUESTS,
    only ? /g[mpq]*[pq]|[pq]+m*n|[nG][pq]+/g : polite ? /^g[mpq]+$|^nd+[mpq]+$/g : /^gp+m+$|^nd+[mpq]+$/g,
  ])
    rest = rest.replace(pattern, core => {
      said += core;
      return '.';
    });
  if (said === '') return weak(rest, { tooMany, context });
  if (rest.includes('u') && !/[mpqcoR]/.test(said)) return null;
  if (!only && /[vw]u|u[vw]/.test(rest)) return null;
  const scope = scopeOf(said);
  const left = rest.replace(/[nG]+w/g, '');
  const open = only && scope === 'promotions' ? /[nhM]/ : /[uvwqhML]/;
  const unsure =
    open.test(left) ||
    fewer ||
    (only && scope === 'all') ||
    /^[nG]v+$|^g?[q]+$/.test(said) ||
    (now && !/[sTok]/.test(said)) ||
    // «No discount wanted» is also how people bargain.
    (/q/.test(said) && !/[pmvx]/.test(said));
  return { scope, certainty: unsure ? 'likely' : 'certain' };
}

/** A message without a whole request: a bare «stop», a complaint, or «not interested». */
function weak(rest: string, { tooMany, context }: { readonly tooMany: boolean; readonly context: boolean }): Reading {
  const bare = rest.replace(/[nG]+w|W/g, '');
  if (context && /^w*[sTR]+d*$/.test(bare)) return null;
  if (/^a*b?s+d*a*b?$/.test(bare)) return { scope: 'all', certainty: 'certain' };
  if (/^(?:[nN]v|x+|R|w*[sTR]+|gm+d*)$/.test(bare)) return { scope: 'all', certainty: 'likely' };
  if (/^b[pq]*$|^gp$/.test(bare)) return { scope: 'promotions', certainty: 'likely' };
  const unknown = bare.match(/u/g)?.length ?? 0;
  const complains = (/r/.test(bare) && unknown <= 2) || (tooMany && unknown === 0);
  if (!complains || !/^[rmpqcvuhsTdna]+$/.test(bare)) return null;
  return { scope: /[pq]/.test(bare) ? 'promotions' : 'all', certainty: 'likely' };
}

const STOP_SIGNS =
  /^[\s\p{P}\p{Default_Ignorable_Code_Point}]*(?:(?:🛑|🚫|⛔|🔕|📵|✋)[\s\p{P}\p{Default_Ignorable_Code_Point}]*)+$/u;

/** What a text says about consent; null when it says nothing. The same text always gets the same answer. */
export function consentIn(text: string): ConsentSaid | null {
  if (text.length > MOST_CHARACTERS) return null;
  if (STOP_SIGNS.test(text)) return { wants: 'stop', scope: 'all', certainty: 'likely' };
  const words = wordsOf(text);
  if (words.length === 0 || words.length > MOST_WORDS) return null;
  const whole = words.join(' ');
  if (STOPS.has(whole)) return { wants: 'stop', scope: 'all', certainty: 'certain' };
  const start = STARTS.get(whole);
  if (start) return { wants: 'start', scope: start, certainty: 'certain' };
  const lexemes = lexemesOf(text);
  const letters = lexemes
    .filter(kind => kind !== 'filler' && kind !== 'please')
    .map(kind => (kind === 'unknown' ? 'u' : LETTERS[kind]))
    .join('');
  const reading = read(letters, lexemes.includes('please'));
  return reading && { wants: 'stop', ...reading };
}
