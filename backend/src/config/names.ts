/** Families of providers whose app an operator registers, as the variables name them. A test compares them with the manifests. */
export const APP_NAMES = ['AMAZON', 'ATLASSIAN', 'GOOGLE', 'META'] as const;
const APP_PARTS = ['ID', 'SECRET', 'SECRET_NEXT', 'VERIFY_TOKEN'];

/** What the console, the tools and the tests read; a backend that they start inherits it. */
const OF_OTHERS =
  /^ASTRIX_(?:BACKEND_URL|USER_DATA|STANDIN_\w+|TEST_\w+|E2E_\w+|STRESS|IN_KEYRING|SKIP_SYSTEM_PACKAGES|CHROMIUM|DATABASE_PASSWORD)$/;

/** How many letters have to be changed, added or taken away to make the one of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let a = 1; a <= one.length; a++) {
    const next = [a];
    for (let b = 1; b <= other.length; b++)
      next.push(Math.min(row[b]! + 1, next[b - 1]! + 1, row[b - 1]! + (one[a - 1] === other[b - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length]!;
}

/** As near as a slip of the hand is. */
const NEAR = 4;

/** One sentence for each variable that nobody reads: with a typing error in its name a setting would be missing without a word. */
export function unknownNames(
  env: Readonly<Record<string, string | undefined>>,
  own: readonly string[],
): readonly string[] {
  const known = [...own, ...APP_NAMES.flatMap(name => APP_PARTS.map(part => `ASTRIX_APP_${name}_${part}`))];
  return Object.keys(env)
    .filter(name => name.startsWith('ASTRIX_') && env[name] && !known.includes(name) && !OF_OTHERS.test(name))
    .map(name => {
      const [nearest] = known.map(other => ({ other, far: distance(name, other) })).sort((a, b) => a.far - b.far);
      const hint = nearest && nearest.far <= NEAR ? `Did you mean ${nearest.other}?` : '--help lists those there are.';
      return `${name} is not a variable of Astrix. ${hint} Correct its name, or remove it.`;
    });
}
