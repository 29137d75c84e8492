export { keepPrivate, privateFolder } from './private-files.ts';
