const PAUSE_MS = 5;
const MAX_LOOKS = 40_000;

/**
 * Waits until `holds`, for work that a test cannot await. Nothing depends on how long that takes. The guard ends a wait that hangs: it counts
 * looks and not seconds, lasts more than three minutes, and lasts longer on a busy machine, where each look takes longer as well.
 */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; !(await holds()); look += 1) {
    if (look === MAX_LOOKS) throw new Error(`This did not come true: ${holds}`);
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
}
