import { z } from 'zod';
import { bytes, json, type Outcome } from '../../platform/egress/index.ts';
import type { Api } from '../provider.ts';
import { WHATSAPP } from './manifest.ts';

const MEBIBYTE = 1_048_576;
/** What customers can send, and how large each kind may be at Meta. Documents may have 100 MB there; one of this size is the most we hold. */
const MAX_BYTES: Readonly<Record<string, number>> = {
  'image/jpeg': 5 * MEBIBYTE,
  'image/png': 5 * MEBIBYTE,
  'image/webp': MEBIBYTE,
  'audio/aac': 16 * MEBIBYTE,
  'audio/amr': 16 * MEBIBYTE,
  'audio/mpeg': 16 * MEBIBYTE,
  'audio/mp4': 16 * MEBIBYTE,
  'audio/ogg': 16 * MEBIBYTE,
  'video/mp4': 16 * MEBIBYTE,
  'video/3gpp': 16 * MEBIBYTE,
  'application/pdf': 16 * MEBIBYTE,
};

/** GET /{media-id}. The address holds for five minutes. */
const Described = z.object({
  url: z.string().max(4000),
  mime_type: z.string().max(100),
  file_size: z.coerce.number().int().min(0),
});

const HOST = 'lookaside.fbsbx.com';
const PATH = '/whatsapp_business/attachments/';

export type Media = { readonly type: string; readonly bytes: Buffer };

/** Of the address only what tells the file apart: where we go with our token is ours to say. Null for any other place. */
function keysOf(address: string): Readonly<Record<string, string>> | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'https:' || url.host !== HOST || url.pathname !== PATH || url.username !== '') return null;
  return Object.fromEntries(url.searchParams);
}

/** A file that came with a message: what it is, then its bytes. Ids of webhooks hold for seven days. */
export async function fetchMedia(api: Api, mediaId: string): Promise<Outcome<Media>> {
  const told = await api.call({
    method: 'GET',
    path: `/${WHATSAPP.version}/{media}`,
    parameters: { media: mediaId },
    query: { phone_number_id: api.account?.id },
    effect: 'read',
    reply: json(Described),
  });
  if (told.kind !== 'ok') return told;
  const { url, mime_type, file_size } = told.data;
  const refused = (code: string, reason: string) => ({ kind: 'permanent', code, reason, status: told.status }) as const;
  const type = mime_type.split(';', 1)[0]!.trim().toLowerCase();
  const most = Object.hasOwn(MAX_BYTES, type) ? MAX_BYTES[type]! : null;
  if (most === null) return refused('media-type', 'Files of this kind are not fetched.');
  if (file_size > most) return refused('media-size', `The file is larger than ${most / MEBIBYTE} MB.`);
  const query = keysOf(url);
  if (query === null) return refused('media-host', 'WhatsApp keeps the file at a place that is not known.');
  const file = await api.call({
    method: 'GET',
    host: HOST,
    path: PATH,
    query,
    effect: 'read',
    reply: bytes([type], most),
  });
  return file.kind === 'ok' ? { ...file, data: { type, bytes: file.data } } : file;
}
