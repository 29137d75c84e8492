import type { CatalogueEntry, ProviderGroup } from '@astrix/contract';
import {
  CreditCard,
  FolderOpen,
  type LucideIcon,
  Mail,
  Megaphone,
  MessageSquare,
  Share2,
  ShoppingBag,
  SquareCheckBig,
} from 'lucide-react';
import { Chip } from '../../ui/parts.tsx';
import { AVAILABILITY, type StatusLabel, type Tone } from './words.ts';

const ICONS: Readonly<Record<ProviderGroup, LucideIcon>> = {
  messaging: MessageSquare,
  commerce: ShoppingBag,
  payments: CreditCard,
  ads: Megaphone,
  social: Share2,
  files: FolderOpen,
  work: SquareCheckBig,
  outreach: Mail,
};

/** An icon for the group of a system. Logos of other companies are not used. */
export function GroupIcon({ group, size = 16 }: { readonly group: ProviderGroup; readonly size?: number }) {
  const Icon = ICONS[group];
  return <Icon size={size} aria-hidden className="shrink-0 text-meta" />;
}

const TEXT: Readonly<Record<Tone, string>> = {
  done: 'text-done',
  danger: 'text-danger',
  waiting: 'text-waiting',
  meta: 'text-meta',
};

/** A coloured dot with its label. The label alone carries the meaning. */
export const Condition = ({ label: { tone, word } }: { readonly label: StatusLabel }) => (
  <span
    className={`inline-flex shrink-0 items-center gap-1.5 align-middle text-[12px] whitespace-nowrap ${TEXT[tone]}`}
  >
    <span
      aria-hidden
      className={`size-2 shrink-0 rounded-full ${tone === 'meta' ? 'border border-current' : 'bg-current'}`}
    />
    {word}
  </span>
);

/** Whether a system can be connected. “Live” is only for what is connected for this client. */
export function AvailabilityChip({
  entry,
  isConnected,
}: {
  readonly entry: CatalogueEntry;
  readonly isConnected: boolean;
}) {
  if (entry.off) return <Chip tone="danger">Turned off</Chip>;
  if (entry.availability === 'suspended') return <Chip tone="danger">{AVAILABILITY.suspended}</Chip>;
  if (isConnected) return <Chip tone="done">Live</Chip>;
  if (entry.availability === 'limited') return <Chip tone="waiting">{AVAILABILITY.limited}</Chip>;
  if (entry.availability === 'planned') return <Chip>{AVAILABILITY.planned}</Chip>;
  return <Chip>{AVAILABILITY.live}</Chip>;
}
