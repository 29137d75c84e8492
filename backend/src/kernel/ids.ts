export { newId } from '@astrix/contract';

/** When an id was made, in milliseconds since 1970: the first 48 bits of a UUIDv7. */
export const timeOf = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
