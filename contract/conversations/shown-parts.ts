import type { ContentPart } from './content.ts';

/** Parts that a thread shows in place of the text. */
export const SHOWN_FOR_TEXT: readonly ContentPart['kind'][] = ['answers', 'place', 'cart', 'people'];
