/** How long single keys stay off after a dialog, menu or popover closed, and after typing that no text field took. Milliseconds. */
export const QUIET_MS = 300;

/** Whether a person who presses this key has finished typing. Shift, Backspace and the like are part of typing. */
export const endsTyping = (key: string): boolean =>
  /^(?:Enter|Escape|Tab|Arrow\w+|Home|End|PageUp|PageDown)$/.test(key);

type Key = {
  readonly key: string;
  /** Whether a shortcut of this key exists here. */
  readonly bound: boolean;
  /** Whether it may follow another quick one at once, because it only moves or focuses. */
  readonly quick: boolean;
};

/**
 * Decides whether a single key acts. Somebody who types a sentence into the wrong place must not run it as commands: keys are off while
 * something is open over the screen, for `QUIET_MS` after it closed, and within a run of keys that follow each other like typing. A key
 * that is ignored begins the time anew, so the rest of the sentence is ignored too.
 */
export function createKeyGuard(now: () => number) {
  let held = 0;
  let offUntil = Number.NEGATIVE_INFINITY;
  let last: { readonly key: string; readonly at: number; readonly acted: boolean; readonly quick: boolean } | null =
    null;

  function decide({ key, bound, quick }: Key, at: number): boolean {
    if (held > 0 || at < offUntil) return false;
    if (last === null || at - last.at >= QUIET_MS) return bound;
    const repeated = last.acted && last.key === key;
    return bound && last.acted && (repeated || (last.quick && quick));
  }

  return {
    /** Something opened that takes the keys; the answer is called when it closed. */
    hold(): () => void {
      held += 1;
      return () => {
        held -= 1;
        offUntil = now() + QUIET_MS;
      };
    },
    /** A character outside of text fields: whether its shortcut may run. */
    admits(pressed: Key): boolean {
      const at = now();
      const acts = decide(pressed, at);
      if (!acts && at < offUntil) offUntil = at + QUIET_MS;
      last = { key: pressed.key, at, acted: acts, quick: pressed.quick };
      return acts;
    },
    /** A character that a text field took. If the field vanishes, the rest of the text runs no commands. */
    typed(): void {
      last = { key: '', at: now(), acted: false, quick: false };
    },
    /** A key that ends typing was pressed. */
    paused(): void {
      last = null;
    },
  };
}

export type KeyGuard = ReturnType<typeof createKeyGuard>;

export const keyGuard: KeyGuard = createKeyGuard(() => performance.now());
