import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import { bearerOf, type Imitation } from '../imitation.ts';
import { refusalOf, slice, statusError } from './google.ts';

const DRIVE = { constraints: { host: 'www.googleapis.com' } };
const DOCS = { constraints: { host: 'docs.googleapis.com' } };
const SHEETS = { constraints: { host: 'sheets.googleapis.com' } };
const SCOPE = 'drive.file';
const FILES = 130;

const TYPES = [
  ['document', 'application/vnd.google-apps.document', 'Festive brief'],
  ['spreadsheets', 'application/vnd.google-apps.spreadsheet', 'Media plan'],
  ['presentation', 'application/vnd.google-apps.presentation', 'Monthly review'],
  ['file', 'application/pdf', 'GST invoice'],
  ['file', 'image/jpeg', 'दीपावली बैनर'],
  ['file', 'application/zip', "Client's logos"],
] as const;
export const DOCUMENT_ID = '1DocFestiveBrief0';
export const SHEET_ID = '1SheetMediaPlan01';

function file(n: number, now: Date) {
  const [place, mimeType, title] = TYPES[n % TYPES.length]!;
  const id = n === 0 ? DOCUMENT_ID : n === 1 ? SHEET_ID : `1File${String(n).padStart(12, '0')}`;
  const native = mimeType.startsWith('application/vnd.google-apps.');
  return {
    kind: 'drive#file',
    id,
    name: `${title} – ${DEMO_CLIENTS[n % DEMO_CLIENTS.length]!.name}`,
    mimeType,
    ...(native ? {} : { size: String(40_000 + n * 1733) }),
    modifiedTime: new Date(now.getTime() - n * 9_300_000).toISOString(),
    webViewLink: `https://${place === 'file' ? 'drive' : 'docs'}.google.com/${place}/d/${id}/view`,
  };
}

const olderError = (reply: FastifyReply, code: number, reason: string, message: string, more: object = {}) =>
  reply.code(code).send({ error: { code, message, errors: [{ domain: 'global', reason, message, ...more }] } });

const run = (content: string) => ({ textRun: { content, textStyle: {} } });
const paragraph = (...texts: readonly string[]) => ({ paragraph: { elements: texts.map(run), paragraphStyle: {} } });
const cell = (text: string) => ({ content: [paragraph(`${text}\n`)] });
const tab = (tabId: string, title: string, content: object[], childTabs: object[] = []) => ({
  tabProperties: { tabId, title },
  documentTab: { body: { content } },
  ...(childTabs.length > 0 ? { childTabs } : {}),
});

const DOCUMENT = {
  title: 'Festive brief – Chai Katha',
  tabs: [
    tab(
      't.0',
      'Brief',
      [
        { endIndex: 1, sectionBreak: { sectionStyle: {} } },
        paragraph('Diwali at ', 'Chai Katha', '\n'),
        paragraph('थीम: हर घर में एक कहानी\n'),
        {
          table: {
            rows: 2,
            columns: 2,
            tableRows: [
              { tableCells: [cell('Budget'), cell('₹4,50,000')] },
              { tableCells: [cell('Live on'), cell('1 November')] },
            ],
          },
        },
        paragraph('Approved by the client.\n'),
      ],
      [tab('t.1', 'Wording', [paragraph('“एक प्याली, सौ बातें”\n')])],
    ),
    tab('t.2', 'Open points', [paragraph('Who films the kettle?\n')]),
  ],
};
const CELLS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'Plan!A1:C4': [
    ['Channel', 'Budget', 'Note'],
    ['Google Ads', '₹2,00,000'],
    ['Instagram', '₹1,50,000', '=HYPERLINK("https://evil.example")'],
  ],
  "'Q3/Q4'!A1:B2": [['दीपावली', '12-11-2026']],
};

/** Drive v3 with 130 files that were picked, one of them a document with tabs, one a sheet. */
export const imitation: Imitation = {
  provider: 'google-drive',
  hint: 'Allow access on the consent page. 130 files count as picked; «Festive brief» can be read as a document.',
  serve(app, stage) {
    /** Drive still writes errors as it did before google.rpc.Status. */
    const refusal = (request: FastifyRequest, reply: FastifyReply) => {
      const granted = stage.grantOf(bearerOf(request));
      if (!granted)
        return olderError(reply, 401, 'authError', 'Invalid Credentials', {
          locationType: 'header',
          location: 'Authorization',
        });
      if (!granted.scopes.includes(`https://www.googleapis.com/auth/${SCOPE}`))
        return olderError(
          reply,
          403,
          'insufficientPermissions',
          'Insufficient Permission: Request had insufficient authentication scopes.',
        );
      return null;
    };

    app.get<{ Querystring: { fields?: string } }>('/drive/v3/about', DRIVE, async (request, reply) => {
      const refused = refusal(request, reply);
      if (refused) return refused;
      if (!request.query.fields)
        return olderError(reply, 400, 'required', "The 'fields' parameter is required for this method.", {
          locationType: 'parameter',
          location: 'fields',
        });
      return {
        user: {
          displayName: 'Arjun Mehta',
          permissionId: '07310000000000000001',
          emailAddress: 'arjun@monsoon.example',
        },
      };
    });

    app.get<{ Querystring: Record<string, string | undefined> }>('/drive/v3/files', DRIVE, async (request, reply) => {
      const refused = refusal(request, reply);
      if (refused) return refused;
      const { q = '', orderBy, pageSize = '100', pageToken, fields } = request.query;
      const asked =
        /^trashed = false(?: and modifiedTime >= '([^']+)')?(?: and fullText contains '((?:[^'\\]|\\.)*)')?$/.exec(q);
      if (!asked)
        return olderError(reply, 400, 'invalid', 'Invalid Value', { locationType: 'parameter', location: 'q' });
      if (asked[2] !== undefined && orderBy !== undefined)
        return olderError(
          reply,
          403,
          'forbidden',
          'Sorting is not supported for queries with fullText terms. Results are always in descending relevance order.',
          { locationType: 'parameter', location: 'orderBy' },
        );
      const since = asked[1] === undefined ? 0 : Date.parse(asked[1]);
      const words = (asked[2] ?? '').replace(/\\(.)/g, '$1').toLowerCase();
      const all = stage.things
        .list(
          'google-drive/files',
          ({ id }: ReturnType<typeof file>) => id,
          from => Array.from({ length: FILES }, (_, n) => file(n, from)),
        )
        .filter(({ name, modifiedTime }) => name.toLowerCase().includes(words) && Date.parse(modifiedTime) >= since)
        .toSorted((a, b) => b.modifiedTime.localeCompare(a.modifiedTime));
      const { rows, ...next } = slice(all, Math.min(Number(pageSize), 1000), pageToken);
      // Without `fields` Drive sends four of them and no links.
      const names = /files\(([^)]*)\)/.exec(fields ?? 'files(kind,id,name,mimeType)')?.[1]?.split(',') ?? [];
      return {
        files: rows.map(row => Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))),
        ...next,
      };
    });

    app.get<{ Params: { id: string }; Querystring: { includeTabsContent?: string } }>(
      '/v1/documents/:id',
      DOCS,
      async (request, reply) => {
        const refused = refusalOf(stage, request, reply, SCOPE);
        if (refused) return refused;
        if (request.params.id !== DOCUMENT_ID)
          return statusError(reply, 404, 'NOT_FOUND', 'Requested entity was not found.');
        return request.query.includeTabsContent === 'true'
          ? DOCUMENT
          : { title: DOCUMENT.title, body: DOCUMENT.tabs[0]!.documentTab.body };
      },
    );

    app.get<{ Params: { id: string }; Querystring: { ranges?: string } }>(
      '/v4/spreadsheets/:id/values::batchGet',
      SHEETS,
      async (request, reply) => {
        const refused = refusalOf(stage, request, reply, SCOPE);
        if (refused) return refused;
        const { ranges: range = '' } = request.query;
        if (request.params.id !== SHEET_ID)
          return statusError(reply, 404, 'NOT_FOUND', 'Requested entity was not found.');
        if (!/^(?:'[^']+'|\w+)!/.test(range))
          return statusError(reply, 400, 'INVALID_ARGUMENT', `Unable to parse range: ${range}`);
        const values = CELLS[range];
        return {
          spreadsheetId: SHEET_ID,
          // An empty range has no `values` at all.
          valueRanges: [{ range, majorDimension: 'ROWS', ...(values ? { values } : {}) }],
        };
      },
    );
  },
};
