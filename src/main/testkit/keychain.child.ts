import { systemKeychain } from '../account/keychain.ts';
import { probeKeychain } from '../account/probe.ts';

/**
 * Asks the keychain of the session it is started in, and says what came of it as one line of JSON. Started by the tests inside D-Bus
 * sessions of their own: `<what> <item> <value> <patience>`, with `probe`, `set` or `get`, and milliseconds. Without them it is patient, so
 * that a keyring on a busy machine is not taken for one that hangs.
 */
const [what = 'probe', item = '', value = '', patience = '60000'] = process.argv.slice(2);
const keychain = await systemKeychain(undefined, Number(patience));
const answer =
  what === 'probe'
    ? await probeKeychain(keychain)
    : what === 'set'
      ? await keychain?.set(item, value)
      : await keychain?.get(item);
process.stdout.write(`${JSON.stringify({ answer: answer ?? null })}\n`);
