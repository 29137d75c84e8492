export { newId } from '@astrix/contract';
