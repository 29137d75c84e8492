/** Runs on every Node, so that an old one is told instead of failing at the first TypeScript. */
const LEAST = 24;

if (Number(process.versions.node.split('.')[0]) < LEAST) {
  process.stderr.write(
    `Astrix needs Node ${LEAST} or newer, and this is ${process.versions.node}. Install Node ${LEAST} (https://nodejs.org), or use the container image.\n`,
  );
  process.exit(1);
}
