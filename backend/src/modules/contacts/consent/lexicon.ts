import { ENGLISH } from './lexicon-english.ts';
import { HINDI, MARATHI, URDU } from './lexicon-north.ts';
import { ROMAN } from './lexicon-roman.ts';
import { BENGALI, GUJARATI, PUNJABI } from './lexicon-scripts.ts';
import { KANNADA, MALAYALAM, TAMIL, TELUGU } from './lexicon-south.ts';
import type { Lexicon } from './word-classes.ts';

/** Of languages that are also written in Latin letters, spelling is compared without regard to doubled letters, `h`, `v`/`w` and `z`/`j`. */
export const LEXICONS: readonly { readonly lexicon: Lexicon; readonly loose: boolean }[] = [
  { lexicon: ENGLISH, loose: false },
  { lexicon: ROMAN, loose: true },
  ...[HINDI, MARATHI, URDU, GUJARATI, BENGALI, PUNJABI, TAMIL, TELUGU, KANNADA, MALAYALAM].map(lexicon => ({
    lexicon,
    loose: false,
  })),
];

/** Words that are long enough to be recognised with a letter wrong, missing, added or exchanged. */
export const OFTEN_MISSPELT =
  'unsubscribe message messages messaging promotion promotions promotional notification notifications advertisement advertisements marketing newsletter whatsapp';

/** Whole messages that stop everything when nothing stands beside them: «do not send», which else needs an object. */
export const STOP_ALONE = 'mat bhejo, मत भेजो';

/** Whole messages by which a customer opts in again. Nothing may stand beside them. */
export const START_ALL =
  'start, unstop, subscribe, resubscribe, opt in, optin, opt me in, {please |}start {messages|msgs|again}, shuru karo, chalu karo, {phir|fir} se {shuru karo|bhejo|message bhejo}, message {shuru|chalu} karo, शुरू करो, शुरू करें, चालू करो, फिर से {भेजो|शुरू करो}, सुरू करा, पुन्हा सुरू करा, ચાલુ કરો, શરૂ કરો, চালু করুন, শুরু করুন, தொடங்கு, தொடங்கவும், ప్రారంభించండి, ಪ್ರಾರಂಭಿಸಿ, തുടങ്ങൂ, ਸ਼ੁਰੂ ਕਰੋ, ਚਾਲੂ ਕਰੋ, شروع کرو, شروع کریں';
export const START_PROMOTIONS =
  '{start|resume|subscribe to|opt in to} {promotions|offers|marketing|promotional messages|marketing messages}, offers {shuru|chalu} karo, offers phir se bhejo';
