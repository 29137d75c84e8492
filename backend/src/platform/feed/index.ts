export { demandFed } from './declared.ts';
export { markDemo, refuseDemoDatabase } from './demo-mark.ts';
export * from './feed.ts';
