import type { FileFact } from '@astrix/contract';
import { type Failed, json, type Outcome } from '../../platform/egress/index.ts';
import { offered } from '../accounts.ts';
import { explainGoogle } from '../google.ts';
import { bearer } from '../oauth2.ts';
import type { Api, Connector } from '../provider.ts';
import { type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { DOCUMENT_FIELDS, Document, type DocumentText, Ranges, type RangeText } from './content.ts';
import { ABOUT_FIELDS, About, accountOf, FILE_FIELDS, FilePage, quoted } from './map.ts';

const PAGE = 100;
/** A document of a thousand pages; tables inside of tables are deep. */
const BIG = { maxBytes: 16 * 1_048_576, limits: { depth: 128, keys: 1_000_000, keyLength: 256 } };

async function identify(api: Api) {
  const about = await api.call({
    method: 'GET',
    path: '/drive/v3/about',
    query: { fields: ABOUT_FIELDS },
    effect: 'read',
    reply: json(About),
  });
  return about.kind === 'ok' ? offered([accountOf(about.data)]) : about;
}

/**
 * One page of files that were picked, shared drives included, by their last change. There is no upper bound, because whoever saves a file can
 * give it any time. With words Drive sorts by how well they fit, and refuses any other order.
 */
async function readFiles(api: Api, { text, since, cursor, limit }: ReadRequest): Promise<ReadPage<FileFact> | Failed> {
  const conditions = [
    'trashed = false',
    ...(since === null ? [] : [`modifiedTime >= '${since.toISOString()}'`]),
    ...(text === null ? [] : [`fullText contains ${quoted(text)}`]),
  ];
  const page = await api.call({
    method: 'GET',
    path: '/drive/v3/files',
    query: {
      q: conditions.join(' and '),
      ...(text === null ? { orderBy: 'modifiedTime desc' } : {}),
      fields: FILE_FIELDS,
      pageSize: Math.min(limit ?? PAGE, PAGE),
      supportsAllDrives: true,
      includeItemsFromAllDrives: true,
      pageToken: cursor ?? undefined,
    },
    effect: 'read',
    reply: json(FilePage),
  });
  return page.kind === 'ok' ? readPage(page.data.rows, page.data.next) : page;
}

/** The text of a document that was picked, all tabs, without suggestions that nobody has accepted. `api` is that of a Drive connection. */
export const readDocument = (api: Api, id: string): Promise<Outcome<DocumentText>> =>
  api.call({
    method: 'GET',
    host: 'docs.googleapis.com',
    path: '/v1/documents/{id}',
    parameters: { id },
    query: {
      includeTabsContent: true,
      suggestionsViewMode: 'PREVIEW_WITHOUT_SUGGESTIONS',
      fields: DOCUMENT_FIELDS,
    },
    effect: 'read',
    cost: 'documents',
    reply: json(Document, BIG),
  });

/** The cells of a range such as `Plan!A1:F40`, as they are shown. In the query, because the name of a sheet may hold a slash. */
export const readRange = (api: Api, id: string, range: string): Promise<Outcome<RangeText>> =>
  api.call({
    method: 'GET',
    host: 'sheets.googleapis.com',
    path: '/v4/spreadsheets/{id}/values:batchGet',
    parameters: { id },
    query: { ranges: range, majorDimension: 'ROWS', valueRenderOption: 'FORMATTED_VALUE' },
    effect: 'read',
    cost: 'sheets',
    reply: json(Ranges, BIG),
  });

export const googleDrive: Connector = { sign: bearer, explain: explainGoogle, identify, reads: { files: readFiles } };
