/** The shortest plain text for the patterns that documents use: classes, groups, counts; the first of every choice. */
export function sample(pattern: string): string {
  let at = 0;
  const count = (): number => {
    const [whole, least] =
      /^\{(\d+)(?:,\d*)?\}\??/.exec(pattern.slice(at)) ?? /^[+*?]\??/.exec(pattern.slice(at)) ?? [];
    if (whole === undefined) return 1;
    at += whole.length;
    return least === undefined ? (whole.startsWith('+') ? 1 : 0) : Number(least);
  };
  const one = (): string => {
    const char = pattern[at++]!;
    if (char === '(') {
      const lookaround = /^\?(?:[=!]|<[=!])/.test(pattern.slice(at));
      at += /^\?(?::|<\w+>|[=!]|<[=!])/.exec(pattern.slice(at))?.[0].length ?? 0;
      const text = choice();
      at += 1;
      return lookaround ? '' : text;
    }
    if (char === '[') {
      const end = pattern.indexOf(']', at + 1);
      const inside = pattern.slice(at, end);
      at = end + 1;
      return inside.startsWith('^') ? 'a' : inside.startsWith('\\') ? classed(inside[1]!) : inside[0]!;
    }
    if (char === '\\') return classed(pattern[at++]!);
    return char === '.' ? 'a' : char === '^' || char === '$' ? '' : char;
  };
  const choice = (): string => {
    let text = '';
    let rest = false;
    while (at < pattern.length && pattern[at] !== ')') {
      if (pattern[at] === '|') {
        rest = true;
        at += 1;
        continue;
      }
      const piece = one();
      const times = count();
      if (!rest) text += piece.repeat(times);
    }
    return text;
  };
  return choice();
}

const classed = (letter: string): string => ({ d: '1', w: 'a', s: ' ', S: 'a', D: 'a', W: '-' })[letter] ?? letter;
