/**
 * How often an exhaustive test does what it does: `usual` in each run, and in `npm run test:stress` as often as the control asks
 * (docs/controls.md). What is asserted is the same in both.
 */
export const repeated = (usual: number, stress: number): number => (process.env.ASTRIX_STRESS === '1' ? stress : usual);
