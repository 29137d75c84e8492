import type { ContentPart } from '@astrix/contract';
import type { ReactNode } from 'react';
import { moneyOf } from '../../lib/format.ts';
import { Linked } from '../../lib/text.tsx';

type Of<K extends ContentPart['kind']> = Extract<ContentPart, { kind: K }>;

/** Label and value, one below the other. */
function Pairs({ rows }: { readonly rows: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="my-0.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
      {rows.map(([label, value], n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a label may come twice, and the rows never change their order
        <div key={n} className="contents">
          <dt className="text-meta">{label}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const amountOf = (minor: number | null, currency: string | null) =>
  minor === null || currency === null ? 'no price' : moneyOf(minor, currency);

const cartRows = ({ lines, totalMinor, currency }: Of<'cart'>) => [
  ...lines.map(line => [`${line.quantity} × ${line.product}`, amountOf(line.priceMinor, line.currency)] as const),
  ...(totalMinor === null ? [] : [['Total', <b key="total">{amountOf(totalMinor, currency)}</b>] as const]),
];

/** The map opens in the browser, after the same question as every address in a message. */
const mapOf = ({ latitude, longitude }: Of<'place'>) =>
  latitude === null || longitude === null ? null : `https://www.google.com/maps?q=${latitude},${longitude}`;

const ABOUT = { ad: 'From an ad', post: 'From a post', product: 'About the product' } as const;

/** A part of a message that is not its words (contract/conversations/content.ts). */
export function Part({ part, onLink }: { readonly part: ContentPart; readonly onLink: (url: string) => void }) {
  switch (part.kind) {
    case 'answers':
      return <Pairs rows={part.answers.map(({ label, value }) => [label, value])} />;
    case 'place': {
      const map = mapOf(part);
      return (
        <>
          {[part.name, part.address].filter(Boolean).join(', ')}
          {map ? (
            <span className="block text-meta text-meta">
              {part.latitude}, {part.longitude} · <Linked text={map} onLink={onLink} />
            </span>
          ) : null}
        </>
      );
    }
    case 'cart':
      return (
        <>
          <Pairs rows={cartRows(part)} />
          {part.note ? <Linked text={part.note} onLink={onLink} /> : null}
        </>
      );
    case 'people':
      return (
        <Pairs
          rows={part.people.map(
            ({ name, company, reach }) => [name ?? company ?? 'A contact', reach.join(', ')] as const,
          )}
        />
      );
    case 'payload':
      return <span className="block text-meta text-meta">{part.payload}</span>;
    case 'about':
      return (
        <span className="mt-1 block border-l-2 border-line-strong pl-2 text-meta text-meta">
          {[ABOUT[part.what], part.title ?? part.id, part.text].filter(Boolean).join(' · ')}{' '}
          {part.url ? <Linked text={part.url} onLink={onLink} /> : null}
        </span>
      );
  }
}
