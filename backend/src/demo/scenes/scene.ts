/**
 * One line of a scene: `c` the customer, `a` the agency, `t` a template that the agency sent, `n` a note between colleagues.
 *
 * Filled in: `{item}`, `{price}` (of one item), `{order}`, `{amount}` (of the whole order), `{qty}`, `{awb}`, `{placed}` (its day), `{bulk}` pieces,
 * `{bulkTotal}`, `{name}` (the first
 * word of the name of the customer), `{signed}` (the whole name), `{firm}`, `{gstin}`, `{address}` and `{pet}`. A text that begins with `[image]`, `[video]`, `[audio]`, `[document]`, `[location]`, `[cart]`, `[people]`,
 * `[sticker]` or `[button]` is a message of that kind, with the rest as its caption, file name or label.
 */
export type Turn = readonly ['c' | 'a' | 't' | 'n', string];

/**
 * What the parcel of the order does when the thread ends: `none` is sent (a failed payment, a cancelled order), `packed` waits for its pickup,
 * `moving`, `out` for delivery, `attempted` in vain, `delivered` before the customer wrote, `arrives` before the last line, `returning`.
 */
export type ParcelState = 'none' | 'packed' | 'moving' | 'out' | 'attempted' | 'delivered' | 'arrives' | 'returning';

export type SceneOrder = {
  readonly pay: 'paid' | 'pending' | 'failed' | 'cash';
  readonly parcel: ParcelState;
  /** Days between the order and the first message, from and to. */
  readonly days: readonly [number, number];
  /** Pieces, from and to; one without it. */
  readonly quantity?: readonly [number, number];
};

export type Scene = {
  readonly tags: readonly string[];
  /** Position of the good that it is about, where it cannot be about another. */
  readonly good?: number;
  readonly order?: SceneOrder;
  /** The ad that led the customer here. */
  readonly ad?: { readonly title: string; readonly text: string };
  readonly turns: readonly Turn[];
};

export const order = (
  pay: SceneOrder['pay'],
  parcel: ParcelState,
  days: SceneOrder['days'],
  quantity: SceneOrder['quantity'] = [1, 1],
): { readonly order: SceneOrder } => ({ order: { pay, parcel, days, quantity } });
