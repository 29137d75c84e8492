/** One entry of Meta's `fields`: `insights.date_preset(today){spend,clicks}` has the name `insights` and two fields inside. */
export type Field = { readonly name: string; readonly inside: readonly Field[] | null };

/** Reads `a,b{c,d},e.limit(3){f}`; null when the brackets do not close. */
export function fieldsIn(text: string): readonly Field[] | null {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let n = 0; n <= text.length; n++) {
    const char = text[n];
    if (char === '{' || char === '(') depth += 1;
    else if (char === '}' || char === ')') depth -= 1;
    if (depth < 0) return null;
    if ((char === ',' && depth === 0) || n === text.length) {
      parts.push(text.slice(from, n).trim());
      from = n + 1;
    }
  }
  if (depth !== 0) return null;
  const fields = parts
    .filter(part => part !== '')
    .map(part => {
      const open = part.indexOf('{');
      const name = /^[\w:]+/.exec(part)?.[0] ?? part;
      const inside = open < 0 ? null : fieldsIn(part.slice(open + 1, part.lastIndexOf('}')));
      return open >= 0 && inside === null ? null : { name, inside };
    });
  return fields.every(field => field !== null) ? fields : null;
}

/** Keeps of a node, or of every node of a list, what the fields ask for; the id comes always. */
export function narrowed(value: unknown, fields: readonly Field[]): unknown {
  if (Array.isArray(value)) return value.map(item => narrowed(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  if ('data' in value && Array.isArray(value.data)) return { ...value, data: narrowed(value.data, fields) };
  const kept = Object.entries(value).flatMap(([name, item]) => {
    const field = fields.find(one => one.name === name);
    if (!field) return name === 'id' ? [[name, item] as const] : [];
    return [[name, field.inside ? narrowed(item, field.inside) : item] as const];
  });
  return Object.fromEntries(kept);
}
