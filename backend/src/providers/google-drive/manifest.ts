import type { ProviderId } from '@astrix/contract';
import { GOOGLE_HOSTS, googleAuth, scopeUrl } from '../google.ts';
import type { Manifest } from '../provider.ts';

/** Drive v3, and Docs v1 and Sheets v4 behind the same grant. Source: discovery documents of September 2026. */
export const GOOGLE_DRIVE = {
  id: 'google-drive',
  name: 'Google Drive',
  group: 'files',
  availability: 'limited',
  availabilityNote:
    'Shows the files that were picked for Astrix. Choosing files in Astrix is planned for a later version.',
  purpose:
    'Finds files that were picked for Astrix and reads documents and sheets among them. All others stay out of sight.',
  dataClasses: ['files-content'],
  hosts: ['www.googleapis.com', 'docs.googleapis.com', 'sheets.googleapis.com', ...GOOGLE_HOSTS],
  /** Sheets allows 60 reads a minute for each person, Docs 300. Drive counts in units that are far above what is asked here. */
  budget: {
    default: { burst: 20, perSecond: 5 },
    documents: { burst: 20, perSecond: 2 },
    sheets: { burst: 20, perSecond: 0.5 },
  },
  auth: googleAuth([
    {
      scope: scopeUrl('drive.file'),
      why: 'Sees only files that a person picked for Astrix, or that Astrix made. There is no access to the rest of the Drive.',
    },
  ]),
  capabilities: [
    {
      capability: 'files',
      kind: 'read',
      title: 'Files that were picked, newest first',
      needs: [scopeUrl('drive.file')],
      range: {
        kind: 'range',
        by: 'updated',
        order: 'newest-first',
        overlapSeconds: 600,
        // A file that is picked today may have been changed years ago: only reading everything again finds it.
        rereadDays: null,
        historyDays: null,
        previewDays: null,
        everySeconds: 1800,
      },
      input: { label: 'Search files', placeholder: 'Words in the name or text', required: false },
    },
  ],
  shareable: true,
} as const satisfies Manifest;

/** Listed by itself, because people look for it, and connected with Drive: the registry's BUNDLED_WITH says so. */
const withDrive = (id: ProviderId, name: string, purpose: string): Manifest => ({
  id,
  name,
  group: 'files',
  availability: 'limited',
  availabilityNote: 'Is connected with Google Drive, and reads what was picked there.',
  purpose,
  dataClasses: ['files-content'],
  hosts: [],
  budget: { default: { burst: 1, perSecond: 1 } },
  auth: { kind: 'none' },
  capabilities: [],
  shareable: false,
});

export const GOOGLE_DOCS = withDrive(
  'google-docs',
  'Google Docs',
  'Reads the text of documents that were picked. It comes with Google Drive.',
);
export const GOOGLE_SHEETS = withDrive(
  'google-sheets',
  'Google Sheets',
  'Reads the cells of sheets that were picked. It comes with Google Drive.',
);
