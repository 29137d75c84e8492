import type { Capability, FactOf } from '@astrix/contract';
import type { ReactNode } from 'react';
import { bytesOf, count, dateOf, dateTimeOf, exactOf, moneyOf, tenThousandths } from '../../lib/format.ts';
import { Chip } from '../../ui/parts.tsx';
import { toneOf } from './state-tone.ts';

export type Column<R> = {
  readonly head: string;
  readonly right?: true;
  readonly cell: (row: R) => ReactNode;
  /** Shown when the pointer is on the cell. */
  readonly title?: (row: R) => string | undefined;
};

/** An absent number is shown as such, never as zero. */
const NONE = <span className="text-meta">—</span>;
const counted = (value: number | null): ReactNode => (value === null ? NONE : count(value));
const money = (minor: number | null, currency: string | null): ReactNode =>
  minor === null || currency === null ? NONE : moneyOf(minor, currency);
const at = (instant: string | null): ReactNode => (instant === null ? NONE : dateTimeOf(instant));
const exact = (instant: string | null) => (instant === null ? undefined : exactOf(instant));
const text = (value: string | null): ReactNode => (value === null || value === '' ? NONE : value);
const words = (value: string): string => (value[0]?.toUpperCase() ?? '') + value.slice(1).replaceAll('-', ' ');

/** The product's own words for states. */
const state = (value: string): ReactNode => <Chip tone={toneOf(value)}>{words(value)}</Chip>;
const wide = (value: ReactNode): ReactNode => (
  <span dir="auto" className="block max-w-72 min-w-40 truncate">
    {value}
  </span>
);

/** What a row of each capability is shown as, in the order in which people read it. */
export const COLUMNS: { readonly [C in Capability]: readonly Column<FactOf<C>>[] } = {
  messaging: [
    { head: 'Name', cell: row => wide(row.name) },
    { head: 'Number or handle', cell: row => row.address },
    { head: 'Quality', cell: row => state(row.quality) },
    {
      head: 'Daily limit (new conversations)',
      right: true,
      cell: row => (row.dailyLimit === null ? 'Not reported' : count(row.dailyLimit)),
    },
  ],
  templates: [
    { head: 'Name', cell: row => row.name },
    { head: 'Language', cell: row => row.language },
    { head: 'Category', cell: row => words(row.category) },
    { head: 'Status', cell: row => state(row.status) },
    { head: 'Text', cell: row => wide(row.text), title: row => row.text },
    { head: 'Variables', right: true, cell: row => count(row.placeholders) },
  ],
  orders: [
    { head: 'Order', cell: row => <span className="font-medium">{row.number}</span> },
    { head: 'Status', cell: row => state(row.status) },
    { head: 'Ordered', cell: row => at(row.placedAt), title: row => exact(row.placedAt) },
    { head: 'Ship by', cell: row => at(row.shipBy), title: row => exact(row.shipBy) },
    { head: 'Fulfilled by', cell: row => (row.fulfilment === null ? NONE : words(row.fulfilment)) },
    { head: 'Items', right: true, cell: row => counted(row.items) },
    { head: 'Total', right: true, cell: row => money(row.totalMinor, row.currency) },
    { head: 'Updated', cell: row => at(row.updatedAt), title: row => exact(row.updatedAt) },
  ],
  shipments: [
    { head: 'AWB', cell: row => <span className="font-medium">{row.awb}</span> },
    { head: 'Status', cell: row => state(row.status) },
    { head: 'Carrier status', cell: row => wide(row.statusText), title: row => row.statusText },
    { head: 'Location', cell: row => text(row.location) },
    { head: 'Last scan', cell: row => at(row.at), title: row => exact(row.at) },
    { head: 'Expected', cell: row => at(row.expectedAt), title: row => exact(row.expectedAt) },
    { head: 'Delivered', cell: row => at(row.deliveredAt), title: row => exact(row.deliveredAt) },
    { head: 'Order', cell: row => text(row.orderNumber) },
    { head: 'COD amount', right: true, cell: row => money(row.codMinor, row.currency) },
  ],
  payments: [
    { head: 'Description', cell: row => wide(text(row.description)), title: row => row.description ?? undefined },
    { head: 'Type', cell: row => words(row.kind) },
    { head: 'Status', cell: row => state(row.status) },
    {
      head: 'Amount',
      right: true,
      cell: row => (
        <span className="flex items-center justify-end gap-2">
          {row.test ? <Chip>Test</Chip> : null}
          {money(row.amountMinor, row.currency)}
        </span>
      ),
    },
    { head: 'Created', cell: row => at(row.createdAt), title: row => exact(row.createdAt) },
    { head: 'Reference', cell: row => <code className="text-meta">{row.id}</code> },
  ],
  metrics: [
    {
      head: 'Day',
      cell: row => (
        <span className="flex items-center gap-2">
          {dateOf(row.date)} {row.final ? null : <Chip tone="waiting">May change</Chip>}
        </span>
      ),
      title: row => `A day in ${row.timeZone}`,
    },
    { head: 'Campaign', cell: row => wide(row.entityName), title: row => `${words(row.level)} ${row.entityId}` },
    {
      head: 'Breakdown',
      cell: row => (row.dimension === null ? NONE : `${row.dimension.key}: ${row.dimension.value}`),
    },
    { head: 'Impressions', right: true, cell: row => counted(row.impressions) },
    { head: 'Reach', right: true, cell: row => counted(row.reach) },
    { head: 'Clicks', right: true, cell: row => counted(row.clicks) },
    { head: 'Engagements', right: true, cell: row => counted(row.engagements) },
    { head: 'Video views', right: true, cell: row => counted(row.videoViews) },
    { head: 'Profile views', right: true, cell: row => counted(row.profileViews) },
    { head: 'Page views', right: true, cell: row => counted(row.pageViews) },
    { head: 'Sessions', right: true, cell: row => counted(row.sessions) },
    { head: 'Users', right: true, cell: row => counted(row.users) },
    { head: 'Followers', right: true, cell: row => counted(row.followers) },
    { head: 'Spend', right: true, cell: row => money(row.spendMinor, row.currency) },
    {
      head: 'Conversions',
      right: true,
      cell: row => (row.conversionsE4 === null ? NONE : tenThousandths(row.conversionsE4)),
    },
    { head: 'Conversion value', right: true, cell: row => money(row.conversionValueMinor, row.currency) },
  ],
  posts: [
    { head: 'Post', cell: row => wide(text(row.text)), title: row => row.text },
    { head: 'Type', cell: row => words(row.kind) },
    { head: 'Published', cell: row => at(row.publishedAt), title: row => exact(row.publishedAt) },
    { head: 'Views', right: true, cell: row => counted(row.views) },
    { head: 'Likes', right: true, cell: row => counted(row.likes) },
    { head: 'Comments', right: true, cell: row => counted(row.comments) },
    { head: 'Shares', right: true, cell: row => counted(row.shares) },
    { head: 'Saves', right: true, cell: row => counted(row.saves) },
  ],
  files: [
    { head: 'Name', cell: row => wide(row.name), title: row => row.name },
    { head: 'Type', cell: row => words(row.kind) },
    { head: 'Size', right: true, cell: row => (row.bytes === null ? NONE : bytesOf(row.bytes)) },
    { head: 'Updated', cell: row => at(row.modifiedAt), title: row => exact(row.modifiedAt) },
  ],
  tasks: [
    { head: 'Key', cell: row => <span className="font-medium">{row.key}</span> },
    { head: 'Title', cell: row => wide(row.title), title: row => row.title },
    {
      head: 'Status',
      cell: row => (
        <Chip tone={row.stage === 'done' ? 'done' : row.stage === 'in-progress' ? 'waiting' : 'plain'}>
          {row.status}
        </Chip>
      ),
    },
    { head: 'Assigned to', cell: row => text(row.assignee) },
    { head: 'Priority', cell: row => text(row.priority) },
    { head: 'Due', cell: row => (row.dueOn === null ? NONE : dateOf(row.dueOn)) },
    { head: 'Project', cell: row => row.project },
    { head: 'Updated', cell: row => at(row.updatedAt), title: row => exact(row.updatedAt) },
  ],
};

const id = (row: { readonly id: string }) => row.id;
/** What tells one row of a table from another. */
export const KEYS: { readonly [C in Capability]: (row: FactOf<C>) => string } = {
  messaging: id,
  templates: id,
  orders: id,
  shipments: row => row.awb,
  payments: id,
  metrics: row => JSON.stringify([row.level, row.entityId, row.date, row.dimension]),
  posts: id,
  files: id,
  tasks: id,
};

/** Columns that not one row has anything for are left out of the wide tables: an advertiser has no followers. */
export function columnsOf<C extends Capability>(
  capability: C,
  rows: readonly FactOf<C>[],
): readonly Column<FactOf<C>>[] {
  const columns: readonly Column<FactOf<C>>[] = COLUMNS[capability];
  if (capability !== 'metrics' || rows.length === 0) return columns;
  return columns.filter(column => rows.some(row => column.cell(row) !== NONE));
}
