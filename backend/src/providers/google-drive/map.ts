import type { FileFact } from '@astrix/contract';
import { z } from 'zod';
import { time } from '../fields.ts';
import { Int64, rowsPageOf } from '../google.ts';
import { clamp } from '../json.ts';
import type { Account } from '../provider.ts';

/** about: whose Drive it is. */
export const About = z.object({
  user: z.object({
    permissionId: z.string().min(1).max(100),
    displayName: z.string().default(''),
    emailAddress: z.string().max(300).optional(),
  }),
});
export const ABOUT_FIELDS = 'user(permissionId,displayName,emailAddress)';

export const accountOf = ({ user }: z.output<typeof About>): Account => ({
  id: user.permissionId,
  name: user.displayName || user.emailAddress || user.permissionId,
  detail: user.emailAddress ?? null,
  settings: {},
});

const File = z.object({
  id: z.string().min(1).max(200),
  name: z.string(),
  mimeType: z.string().max(200),
  /** Google's own formats have none. */
  size: Int64.optional(),
  modifiedTime: time(),
  webViewLink: z.url().max(2000).optional(),
});

export const FILE_FIELDS = 'nextPageToken,files(id,name,mimeType,size,modifiedTime,webViewLink)';

type Kind = FileFact['kind'];
const GOOGLE = 'application/vnd.google-apps.';
const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries<Kind>({
    [`${GOOGLE}document`]: 'document',
    [`${GOOGLE}spreadsheet`]: 'spreadsheet',
    [`${GOOGLE}presentation`]: 'presentation',
    [`${GOOGLE}folder`]: 'folder',
    [`${GOOGLE}photo`]: 'image',
    [`${GOOGLE}video`]: 'video',
    [`${OFFICE}wordprocessingml.document`]: 'document',
    [`${OFFICE}spreadsheetml.sheet`]: 'spreadsheet',
    [`${OFFICE}presentationml.presentation`]: 'presentation',
    'application/msword': 'document',
    'application/vnd.ms-excel': 'spreadsheet',
    'application/vnd.ms-powerpoint': 'presentation',
    'application/pdf': 'pdf',
    'text/csv': 'spreadsheet',
  }),
);

export const kindOf = (mimeType: string): Kind =>
  KINDS.get(mimeType) ??
  (mimeType.startsWith('image/')
    ? 'image'
    : mimeType.startsWith('video/')
      ? 'video'
      : mimeType.startsWith('text/')
        ? 'document'
        : 'other');

export const fileOf = (file: z.output<typeof File>): FileFact => ({
  id: file.id,
  name: clamp(file.name, 300),
  kind: kindOf(file.mimeType),
  bytes: file.size ?? null,
  modifiedAt: new Date(file.modifiedTime).toISOString(),
  url: file.webViewLink ?? null,
});

export const FilePage = rowsPageOf('files', File.transform(fileOf), 'id', 1000);

/** A text in Drive's query language: what a person types can only ever be words. */
export const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replace(/[^\P{C}]/gu, ' ')}'`;
