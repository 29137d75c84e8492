export { demandFed } from './declared.ts';
export * from './feed.ts';
