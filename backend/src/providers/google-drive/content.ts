import { z } from 'zod';

/** What stands in documents and sheets. It was written by others: text to show, never markup, a formula or an instruction. */

type Block = {
  readonly paragraph?:
    | { readonly elements: readonly { readonly textRun?: { readonly content: string } | undefined }[] }
    | undefined;
  readonly table?:
    | { readonly tableRows: readonly { readonly tableCells: readonly { readonly content: Block[] }[] }[] }
    | undefined;
};

/** StructuralElement of Docs, as far as it holds text. A getter, because a cell holds blocks again. */
const Block: z.ZodType<Block> = z.object({
  paragraph: z
    .object({
      elements: z.array(z.object({ textRun: z.object({ content: z.string().default('') }).optional() })).default([]),
    })
    .optional(),
  get table() {
    const row = z.object({ tableCells: z.array(z.object({ content: z.array(Block).default([]) })).default([]) });
    return z.object({ tableRows: z.array(row).default([]) }).optional();
  },
});

type Tab = {
  readonly tabProperties?: { readonly title?: string | undefined } | undefined;
  readonly documentTab?: { readonly body?: { readonly content: Block[] } | undefined } | undefined;
  readonly childTabs?: readonly Tab[] | undefined;
};
const Tab: z.ZodType<Tab> = z.object({
  tabProperties: z.object({ title: z.string().max(300).optional() }).optional(),
  documentTab: z.object({ body: z.object({ content: z.array(Block).default([]) }).optional() }).optional(),
  get childTabs() {
    return z.array(Tab).optional();
  },
});

/** Each tab with its own text, in the order of the document. */
export type DocumentText = {
  readonly title: string;
  readonly tabs: readonly { readonly title: string; readonly text: string }[];
};

export const DOCUMENT_FIELDS = 'title,tabs(tabProperties(title),documentTab(body(content)),childTabs)';
export const Document = z
  .object({ title: z.string().default(''), tabs: z.array(Tab).default([]) })
  .transform(({ title, tabs }): DocumentText => ({ title, tabs: tabs.flatMap(textsOf) }));

const textsOf = (tab: Tab): { title: string; text: string }[] => [
  { title: tab.tabProperties?.title ?? '', text: (tab.documentTab?.body?.content ?? []).map(textOf).join('') },
  ...(tab.childTabs ?? []).flatMap(textsOf),
];

/** Paragraphs end with their own line break. Cells of a row stand on one line, with a tab between them. */
const textOf = ({ paragraph, table }: Block): string =>
  paragraph
    ? paragraph.elements.map(element => element.textRun?.content ?? '').join('')
    : (table?.tableRows ?? [])
        .map(row => `${row.tableCells.map(cell => cell.content.map(textOf).join('').trim()).join('\t')}\n`)
        .join('');

/** Rows as they are shown in the sheet. Empty rows and cells at the end are left out by Google, so rows differ in length. */
export type RangeText = { readonly range: string; readonly rows: readonly (readonly string[])[] };

/** values:batchGet for one range. */
export const Ranges = z
  .object({
    valueRanges: z.tuple([z.object({ range: z.string(), values: z.array(z.array(z.string())).default([]) })]),
  })
  .transform(({ valueRanges: [{ range, values }] }): RangeText => ({ range, rows: values }));
