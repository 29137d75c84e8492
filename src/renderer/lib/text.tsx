import { Fragment, type ReactNode } from 'react';

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

const LINK = /\bhttps?:\/\/[^\s<>"'()]+[^\s<>"'().,!?;:]/g;

/** Addresses in a text are buttons that ask first; nothing is fetched and nothing opens by itself (SH-08, SH-20). */
export function Linked({ text, onLink }: { readonly text: string; readonly onLink: (url: string) => void }): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(at, match.index));
    parts.push(
      <button
        key={match.index}
        type="button"
        className="break-all text-left text-accent underline underline-offset-2"
        onClick={() => onLink(match[0])}
      >
        {match[0]}
      </button>,
    );
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}
