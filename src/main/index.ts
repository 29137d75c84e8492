import { readEnvironment } from './environment.ts';
import { startDesktop } from './shell/start.ts';

try {
  startDesktop(() => readEnvironment(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
