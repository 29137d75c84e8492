import { z } from 'zod';

/** Direction controls, zero-width and private characters: a name with them can look like another one. ZWJ and ZWNJ belong to Indian scripts. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u;
/** More marks on one letter than any script puts there. */
const PILED = /\p{M}{5}/u;

/** The name of a person or a team as it is stored: NFC, at most 120 UTF-16 units. */
export const ShownName = z
  .string()
  .trim()
  .overwrite(text => text.normalize('NFC').replaceAll(/\s+/gu, ' '))
  .min(1, 'must not be empty')
  .max(120, 'must be at most 120 characters')
  .refine(text => /\p{L}/u.test(text), 'must hold a letter')
  .refine(text => !INVISIBLE.test(text), 'must not hold invisible characters or characters that turn the direction')
  .refine(text => !PILED.test(text), 'must not hold more than four marks on one letter');

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee'] as const;
const inScript = SCRIPTS.map(script => new RegExp(`\\p{Script=${script}}`, 'u'));

/** Letters of other scripts that look like Latin ones, for the comparison of names only. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'аеорсухіјѕһԁԛԝ'].map((letter, n) => [letter, [...'aeopcyxijshdqw'][n]!])),
  ...Object.fromEntries([...'αορνικτυχ'].map((letter, n) => [letter, [...'aopviktux'][n]!])),
  ...{ 0: 'o', 1: 'l', ı: 'i' },
};

/** Names with the same skeleton look the same to somebody in a hurry. */
export const skeletonOf = (text: string): string =>
  [
    ...text
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[\p{M}\s]/gu, ''),
  ]
    .map(letter => LOOKALIKES[letter] ?? letter)
    .join('');

/** Whether letters of scripts that look alike stand in one word, such as a Cyrillic а among Latin letters. */
export const mixesScripts = (text: string): boolean =>
  text.split(/[^\p{L}\p{M}]+/u).some(word => inScript.filter(script => script.test(word)).length > 1);

/** What somebody should look at before trusting a name; sentences for a person, none for a plain name. */
export function nameWarnings(name: string, others: readonly string[]): string[] {
  const same = others.find(other => other !== name && skeletonOf(other) === skeletonOf(name));
  return [
    ...(mixesScripts(name) ? [`“${name}” mixes letters of scripts that look alike.`] : []),
    ...(same === undefined ? [] : [`“${name}” looks like “${same}”, who is somebody else.`]),
  ];
}

/** The same for an e-mail address. Its domain is in ASCII already, so that another script shows as `xn--`. */
export function addressWarnings(email: string, others: readonly string[]): string[] {
  const [box = '', domain = ''] = email.split('@');
  const same = others.find(other => other !== email && skeletonOf(other) === skeletonOf(email));
  return [
    ...(domain.split('.').some(label => label.startsWith('xn--'))
      ? [`The domain of ${box}@${domain} is written in another script. Check that it is the right one.`]
      : []),
    ...(same === undefined ? [] : [`${email} looks like ${same}, which is another address.`]),
  ];
}
