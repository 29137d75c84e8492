/** How much of what nobody has judged yet may be in memory. */
export type BodyLimits = {
  /** Bytes of bodies that are being read or answered, in all and from one network. */
  readonly bytes: number;
  readonly bytesOfNetwork: number;
  /** The same for the number of bodies. */
  readonly bodies: number;
  readonly bodiesOfNetwork: number;
};

/** A third of what a process in its container has to spare, and never all of it for one network. */
export const BODY_LIMITS: BodyLimits = {
  bytes: 96 * 1_048_576,
  bytesOfNetwork: 32 * 1_048_576,
  bodies: 4096,
  bodiesOfNetwork: 1024,
};

export type HeldBody = {
  /** False when the bytes are over a limit; they are not counted then. */
  readonly take: (bytes: number) => boolean;
  /** Gives back all that was taken. Calling it again changes nothing. */
  readonly release: () => void;
};

/** Counts the bodies in memory before anybody knows whether they are signed or whose they are (WH-11). */
export function createBodyBudget(limits: BodyLimits): { readonly begin: (network: string) => HeldBody | null } {
  type Held = { bytes: number; bodies: number };
  const all: Held = { bytes: 0, bodies: 0 };
  const networks = new Map<string, Held>();

  return {
    /** Null when too many bodies are under way. */
    begin(network) {
      const own = networks.get(network) ?? { bytes: 0, bodies: 0 };
      if (all.bodies >= limits.bodies || own.bodies >= limits.bodiesOfNetwork) return null;
      networks.set(network, own);
      all.bodies += 1;
      own.bodies += 1;
      let taken = 0;
      let isReleased = false;
      return {
        take(bytes) {
          if (isReleased || all.bytes + bytes > limits.bytes || own.bytes + bytes > limits.bytesOfNetwork) return false;
          taken += bytes;
          all.bytes += bytes;
          own.bytes += bytes;
          return true;
        },
        release() {
          if (isReleased) return;
          isReleased = true;
          all.bytes -= taken;
          own.bytes -= taken;
          all.bodies -= 1;
          own.bodies -= 1;
          if (own.bodies === 0) networks.delete(network);
        },
      };
    },
  };
}
