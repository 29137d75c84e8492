import type { ClientRow, ConsentScope, ContentPart, MessageRow, Role } from '@astrix/contract';
import type { SystemTx } from '../platform/db/index.ts';

export type DemoPerson = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly about: string;
  /** The secret of their authenticator; null for a role that needs no second factor. */
  readonly totp: string | null;
  /** Positions in the list of clients. */
  readonly clients: readonly number[] | 'all';
};

export type DemoClient = {
  readonly id: string;
  /** Of the number that its customers write to. */
  readonly connectionId: string;
  readonly accountId: string;
  readonly phone: string;
  readonly name: string;
  readonly initials: string;
  readonly hue: ClientRow['hue'];
  readonly replyAs: string;
  readonly sells: readonly string[];
};

/** A message or a note, dated and worded. */
export type DemoMessage = {
  readonly from: 'customer' | 'agency' | 'note';
  readonly kind: MessageRow['kind'];
  readonly text: string;
  readonly content: readonly ContentPart[];
  readonly media: MessageRow['media'];
  /** The colleague who wrote it; null for a customer and for what the business wrote itself. */
  readonly authorId: string | null;
  readonly fromPhone: boolean;
  readonly at: Date;
  readonly status: MessageRow['status'];
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly editedAt: Date | null;
  /** Emoji of the customer. */
  readonly reaction: string | null;
  /** It quotes the message before it. */
  readonly isQuoting: boolean;
};

/** What one customer and a client wrote to each other. */
export type DemoThread = {
  readonly customer: {
    /** Null where WhatsApp tells neither name nor phone. */
    readonly name: string | null;
    readonly phone: string;
    readonly userId: string | null;
  };
  readonly status: 'open' | 'snoozed' | 'closed';
  readonly snoozedUntil: Date | null;
  readonly assigneeId: string | null;
  readonly tags: readonly string[];
  /** Messages of the customer that nobody has read. */
  readonly unread: number;
  readonly optedOutAt: Date | null;
  readonly stopHint: { readonly scope: ConsentScope; readonly at: Date } | null;
  /** Oldest first. */
  readonly messages: readonly DemoMessage[];
};

/** Who appears in the demo. Modules make their own rows about these people, clients and threads. */
export type DemoCast = {
  /** The agency that people sign in to. */
  readonly agency: { readonly id: string; readonly name: string };
  /** A second agency, so that there is somebody whose rows nobody of the first may see. */
  readonly otherAgency: { readonly id: string; readonly name: string };
  readonly password: string;
  readonly people: readonly DemoPerson[];
  readonly clients: readonly DemoClient[];
  /** The inbox of a client as it stands at a moment. The same names, numbers and amounts at any moment. */
  readonly threadsOf: (client: DemoClient, now: Date) => readonly DemoThread[];
};

/** Rows of a module for the demo, written into an empty database. */
export type Seed = {
  /** Names of the modules whose rows must exist before. */
  readonly after: readonly string[];
  /** `tx` is one transaction for all modules: a demo is there as a whole or not at all. */
  readonly run: (tx: SystemTx, cast: DemoCast) => Promise<void>;
};

type Seeding = { readonly name: string; readonly seed?: Seed };

/** The seeds of these modules, each after those that it needs. Throws for one that is not there, and for a circle. */
export function seedsInOrder(modules: readonly Seeding[]): Seed[] {
  const byName = new Map(modules.map(module => [module.name, module]));
  const done = new Map<string, 'started' | 'done'>();
  const seeds: Seed[] = [];

  function visit(name: string, by: string): void {
    const module = byName.get(name);
    if (!module) throw new Error(`The seed of ${by} comes after ${name}, and there is no such module.`);
    if (done.get(name) === 'started') throw new Error(`The seeds of ${by} and ${name} come after each other.`);
    if (done.has(name)) return;
    done.set(name, 'started');
    for (const needed of module.seed?.after ?? []) visit(needed, name);
    done.set(name, 'done');
    if (module.seed) seeds.push(module.seed);
  }

  for (const name of [...byName.keys()].sort()) visit(name, name);
  return seeds;
}
