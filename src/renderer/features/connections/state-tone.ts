export type StateTone = 'done' | 'waiting' | 'danger' | 'plain';

const TONES: Readonly<Record<Exclude<StateTone, 'plain'>, readonly string[]>> = {
  /** It went as it should. */
  done: ['paid', 'delivered', 'approved', 'high'],
  /** It goes on by itself, or somebody has to wait. */
  waiting: ['pending', 'unshipped', 'part-shipped', 'returning', 'medium'],
  /** It went wrong, and somebody has to act. */
  danger: ['failed', 'attempt-failed', 'rejected', 'disabled', 'lost', 'low'],
};

/**
 * The colour of a state: green is done, amber waits, red went wrong. What has simply ended or is as usual, such as expired, cancelled, open or
 * shipped, has no colour.
 */
export function toneOf(state: string): StateTone {
  for (const [tone, states] of Object.entries(TONES)) if (states.includes(state)) return tone as StateTone;
  return 'plain';
}
