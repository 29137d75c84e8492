/** 500 rows of the largest kind fit many times over; more without a line break is not a stream of ours. */
const MAX_LINE = 16 * 1_048_576;

export class LineTooLong extends Error {
  constructor() {
    super('a line of the stream is too long');
    this.name = 'LineTooLong';
  }
}

/** Lines of a streamed body. Throws when one grows beyond any honest size. */
export async function* readLines(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    rest += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf('\n', from); end >= 0; end = rest.indexOf('\n', from)) {
      if (end > from) yield rest.slice(from, end);
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length > MAX_LINE) throw new LineTooLong();
  }
}
