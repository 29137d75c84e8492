import { AUDIO, BABY, BUSINESS, CYCLE, FITNESS, HOME, LOOM, PETS, SKIN, TEA } from './brands.ts';
import { ENGLISH } from './english.ts';
import { HINDI } from './hindi.ts';
import { ANGRY, HINGLISH } from './hinglish.ts';
import { BENGALI, GUJARATI, MARATHI, TAMIL } from './regional.ts';

export { OPT_OUT, STOPS } from './brands.ts';
export type { ParcelState, Scene, Turn } from './scene.ts';

/** What customers write about, by the language or the brand. */
export const SCENES = {
  angry: ANGRY,
  audio: AUDIO,
  baby: BABY,
  bengali: BENGALI,
  business: BUSINESS,
  cycle: CYCLE,
  english: ENGLISH,
  fitness: FITNESS,
  gujarati: GUJARATI,
  hindi: HINDI,
  hinglish: HINGLISH,
  home: HOME,
  loom: LOOM,
  marathi: MARATHI,
  pets: PETS,
  skin: SKIN,
  tamil: TAMIL,
  tea: TEA,
};
export type SceneBank = keyof typeof SCENES;
