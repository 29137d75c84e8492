/**
 * Why one attempt brought no reply. `refused` never left this machine. `unreached` was not delivered: it may be sent again. `ambiguous`
 * may have been executed: it must not be repeated blindly (EG-04). The reason is a word of ours, never text from outside.
 */
export class EgressError extends Error {
  readonly kind: 'refused' | 'unreached' | 'ambiguous';
  readonly reason: string;

  constructor(kind: 'refused' | 'unreached' | 'ambiguous', reason: string) {
    super(`${kind}: ${reason}`);
    this.name = 'EgressError';
    this.kind = kind;
    this.reason = reason;
  }
}

/** Leaves no room for a host, a path or a credential to slip in. */
export function refuse(reason: string): never {
  throw new EgressError('refused', reason);
}
