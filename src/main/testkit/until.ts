const DEADLINE_MS = 10_000;

/** Waits until `holds`, looking again in short turns; fails when it does not come true. For tests only. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + DEADLINE_MS; !(await holds()); ) {
    if (performance.now() > end) throw new Error(`this did not come true in time: ${holds}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
