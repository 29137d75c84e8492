let lastMillis = 0;
let sequence = 0;

/** Random bytes are drawn for many ids at a time: the call into the system costs more than everything else here. */
const pool = new Uint8Array(4096);
const BYTES = 10;
let drawn = pool.length;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * UUIDv7 (RFC 9562 §5.7): sortable by time, random in the rest. Within one process ids are strictly ascending, also when the clock
 * stands still or is set back.
 */
export function newId(now: Date = new Date()): string {
  if (drawn + BYTES > pool.length) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  const at = drawn;
  drawn += BYTES;
  const millis = Math.max(now.getTime(), lastMillis);
  sequence = millis === lastMillis ? sequence + 1 : ((pool[at]! << 8) | pool[at + 1]!) & 0x07ff;
  lastMillis = sequence > 0x0fff ? millis + 1 : millis;
  if (sequence > 0x0fff) sequence = 0;
  const time = lastMillis.toString(16).padStart(12, '0');
  const hex = (n: number) => HEX[pool[at + n]!]!;
  const variant = HEX[(pool[at + 2]! & 0x3f) | 0x80]!;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${hex(3)}-${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`;
}
