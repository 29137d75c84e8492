import { z } from 'zod';
import { Id, Instant } from '../fields.ts';
import { ShownName } from '../people/names.ts';
import { CLIENT_HUES, CLIENT_SHADES, CLIENT_SHAPES } from './marks.ts';

/** Characters of a logo: 64 by 64 points fit well. */
export const LOGO_MAX_LENGTH = 24_000;

/** PNG or WebP. Text formats such as SVG can carry more than a picture. */
export const Logo = z
  .string()
  .max(LOGO_MAX_LENGTH, 'must be a picture of at most 64 by 64 points')
  .regex(/^data:image\/(?:png|webp);base64,[A-Za-z0-9+/]+={0,2}$/, 'must be a PNG or WebP picture');

export const ClientRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  /** Two or three letters for the rail. */
  initials: z.string().max(4),
  hue: z.enum(CLIENT_HUES),
  /** The defaults are for a row of a version that knew only hues. */
  shade: z.enum(CLIENT_SHADES).default('middle'),
  shape: z.enum(CLIENT_SHAPES).default('square'),
  /** What the customer sees as the sender. */
  replyAs: z.string().max(120),
  /** A paused client keeps what arrives, and nobody writes for it. An archived one is in no list of consoles. */
  status: z.enum(['active', 'paused']),
  /** A small picture in place of the initials, as a data address. */
  logo: Logo.nullable().default(null),
  /** Optional features that are switched off for this client, by their names. */
  featuresOff: z.array(z.string().max(40)).max(40).default([]),
  /** For how long what the client's customers write is kept. */
  retention: z.enum(['days-30', 'months-24']).default('days-30'),
  createdAt: Instant,
});
export type ClientRow = z.infer<typeof ClientRow>;

/** What people choose of a client. */
export const ClientIdentity = z.strictObject({
  name: ShownName,
  initials: z
    .string()
    .trim()
    .min(1)
    .max(4)
    .regex(/^[\p{L}\p{M}\p{N}]+$/u, 'may hold letters and digits'),
  hue: z.enum(CLIENT_HUES),
  shade: z.enum(CLIENT_SHADES),
  shape: z.enum(CLIENT_SHAPES),
  replyAs: ShownName,
  logo: Logo.nullable(),
});
export type ClientIdentity = z.infer<typeof ClientIdentity>;

/** A client in the list of those who look after clients; archived ones are in it. */
export const ClientDirectoryRow = z.strictObject({
  ...ClientRow.shape,
  status: z.enum(['active', 'paused', 'archived']),
  archivedAt: Instant.nullable(),
  /** When everything of the client is deleted; null while nobody has asked for it. */
  deleteAt: Instant.nullable(),
});
export type ClientDirectoryRow = z.infer<typeof ClientDirectoryRow>;
