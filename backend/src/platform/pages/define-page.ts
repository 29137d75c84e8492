import type { DataClass } from '@astrix/contract';
import type { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { AuditEntry } from '../audit/index.ts';
import type { Db, SystemTx } from '../db/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { Html } from './html.ts';
import type { Page } from './layout.ts';

/** What a page says of itself, as a route does. Nobody has signed in on a page, so it has no permission and no tenant. */
export type PageSpec = {
  /** `<module>.<name>`. */
  readonly id: string;
  readonly path: `/${string}`;
  readonly summary: string;
  readonly dataClasses: readonly [DataClass, ...DataClass[]];
  /** Requests a minute for each network. */
  readonly ratePerMinute: number;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** What its forms send; several forms are a union. Without it the page takes no POST. */
  readonly form?: z.ZodType;
  /** A script of ours that it loads. Whatever it offers besides works without. */
  readonly script?: { readonly name: string; readonly source: string };
  /** The audit events that it may write, with the effect. */
  readonly audit: readonly string[];
};

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What the handlers of a page get. */
export type PageCtx<S extends PageSpec> = {
  readonly params: Output<S['params']>;
  readonly query: Output<S['query']>;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly requestId: string;
  readonly ip: string;
  /** Digest of the cookie of this browser: what was begun in it is continued nowhere else. */
  readonly browser: Buffer;
  /** The hidden field that each form of the page must hold. */
  readonly token: Html;
  readonly audit: (tx: SystemTx, entry: Omit<AuditEntry, 'requestId'>) => Promise<void>;
};

/** Sends the browser to an address of this backend. Elsewhere leads only what a page forwards to, with a link that a person can see. */
export type Redirect = { readonly kind: 'redirect'; readonly to: `/${string}` };
/** A file that the person saves. */
export type Download = { readonly kind: 'download'; readonly name: string; readonly text: string };
export type PageAnswer = Page | Redirect | Download;

export type PageHandlers<S extends PageSpec> = {
  /** Changes nothing: scanners of mail and previews of chats ask as well. */
  readonly get: (ctx: PageCtx<S>) => Promise<PageAnswer>;
} & (S['form'] extends z.ZodType
  ? { readonly post: (ctx: PageCtx<S> & { readonly form: Output<S['form']> }) => Promise<PageAnswer> }
  : { readonly post?: never });

export type PageDefinition = PageSpec & {
  readonly get: (ctx: PageCtx<PageSpec>) => Promise<PageAnswer>;
  readonly post?: ((ctx: PageCtx<PageSpec> & { readonly form: unknown }) => Promise<PageAnswer>) | undefined;
};

/** Declares a public page with what it takes, what it carries and how often it may be asked. */
export const definePage = <const S extends PageSpec>(spec: S, handlers: PageHandlers<S>): PageDefinition =>
  ({ ...spec, ...handlers }) as unknown as PageDefinition;

/** Throws for an address that a browser would read as another host. */
export function redirect(to: `/${string}`): Redirect {
  if (/^\/[/\\]/.test(to)) throw new Error('A page sends a browser on to an address of this backend only.');
  return { kind: 'redirect', to };
}
export const page = (title: string, body: Html, more: Omit<Page, 'kind' | 'title' | 'body'> = {}): Page => ({
  kind: 'page',
  title,
  body,
  ...more,
});
