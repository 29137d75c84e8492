import { Fragment, type ReactNode } from 'react';
import { type Part, richText } from './rich-text.ts';

/** Parts between the two private characters are matches; everything is text (SH-19). */
export function Marked({ text }: { readonly text: string }): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(/\ue000([^\ue001]*)\ue001/g)) {
    parts.push(
      <Fragment key={`t${at}`}>{text.slice(at, match.index)}</Fragment>,
      <mark key={match.index}>{match[1]}</mark>,
    );
    at = match.index + match[0].length;
  }
  parts.push(<Fragment key="rest">{text.slice(at)}</Fragment>);
  return parts;
}

const BUTTON = 'text-left break-all text-accent underline underline-offset-2';

/** What a click hands over: a link as it is opened, a phone number as `tel:` and an e-mail address as `mailto:`. */
function addressOf(part: Extract<Part, { kind: 'link' | 'phone' | 'email' }>): string {
  if (part.kind === 'link') return part.url;
  return `${part.kind === 'phone' ? 'tel' : 'mailto'}:${part.text}`;
}

function drawn(part: Part, key: string, onLink: (url: string) => void): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return (
        <code key={key} className="rounded-sm bg-sunken px-1 font-mono text-meta">
          {part.text}
        </code>
      );
    case 'bold':
      return <strong key={key}>{part.parts.map((inner, at) => drawn(inner, `${key}.${at}`, onLink))}</strong>;
    case 'italic':
      return <em key={key}>{part.parts.map((inner, at) => drawn(inner, `${key}.${at}`, onLink))}</em>;
    case 'strike':
      return <s key={key}>{part.parts.map((inner, at) => drawn(inner, `${key}.${at}`, onLink))}</s>;
    default:
      return (
        <button
          key={key}
          type="button"
          title={part.kind === 'link' ? undefined : 'Copy'}
          className={BUTTON}
          onClick={() => onLink(addressOf(part))}
        >
          {part.text}
        </button>
      );
  }
}

/**
 * A message with the formatting of WhatsApp. Links, phone numbers and e-mail addresses are buttons that hand their address to `onLink`;
 * nothing is fetched and nothing opens by itself (SH-08, SH-20).
 */
export function Linked({ text, onLink }: { readonly text: string; readonly onLink: (url: string) => void }): ReactNode {
  return richText(text).map((part, at) => drawn(part, String(at), onLink));
}
