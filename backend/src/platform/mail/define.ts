/** A piece of a mail. The text part and the HTML part are made from the same pieces. */
export type MailBlock =
  /** A paragraph; an empty line begins another one. */
  | { readonly kind: 'text'; readonly text: string }
  /** A link to https://, or to http:// on this machine. */
  | { readonly kind: 'button'; readonly label: string; readonly url: string }
  /** A code that the reader types somewhere. */
  | { readonly kind: 'code'; readonly text: string }
  /** A remark in smaller letters. */
  | { readonly kind: 'note'; readonly text: string };

export type MailDefinition<V> = {
  /** `<module>.<what>`, unique in the product. It stands in logs and rows; what the mail says never does. */
  readonly name: string;
  readonly subject: (values: V) => string;
  readonly body: (values: V) => readonly MailBlock[];
};

const NAME = /^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/;

/** Declares a mail beside the code that sends it. Throws for a name that is not `<module>.<what>`. */
export function defineMail<V>(definition: MailDefinition<V>): MailDefinition<V> {
  if (!NAME.test(definition.name)) throw new Error(`The mail ${definition.name} must be named <module>.<what>.`);
  return definition;
}
