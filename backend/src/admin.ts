import { check } from './admin/check.ts';
import { type Command, DONE, helpOf, REFUSED, readOptions, WRONG_USE } from './admin/command.ts';
import { exportAudit } from './admin/export-audit.ts';
import { migrateCommand, rewrapKeys } from './admin/keys.ts';
import { mailAllow, mailBounce } from './admin/mail.ts';
import { createOwnerInvitationCommand, init, suspend } from './admin/people.ts';
import { explain, UsageError } from './explain.ts';

const COMMANDS: readonly Command[] = [
  init,
  check,
  migrateCommand,
  rewrapKeys,
  createOwnerInvitationCommand,
  suspend,
  exportAudit,
  mailBounce,
  mailAllow,
];

const HELP = `astrix-admin: what an operator of an installation does. It reads the same environment variables as the backend.

Usage: astrix-admin <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(26)}${summary}`).join('\n')}

  astrix-admin <command> --help   the options of a command
  --json                          one line of JSON instead of text

On the embedded database the backend has to be stopped first, because one process has it to itself.
Ends with 0 when it is done, 1 when it was refused or failed, 2 when the command line is wrong, and 3 when check finds features that are off.
`;

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main([name, ...args]: readonly string[]): Promise<number> {
  // What is written from here on is for this user alone.
  process.umask(0o077);
  if (name === undefined || name === '--help' || name === 'help') {
    say(HELP);
    return name === undefined ? WRONG_USE : DONE;
  }
  const command = COMMANDS.find(one => one.name === name);
  if (!command) throw new UsageError(`${name} is not a command. What there is:\n\n${HELP}`);
  const { options, json, help } = readOptions(command, args);
  if (help) {
    say(helpOf(command));
    return DONE;
  }
  const done = await command.run(process.env, options);
  say(json ? JSON.stringify(done.json) : done.text);
  return done.exitCode ?? DONE;
}

const args = process.argv.slice(2);
main(args).then(
  code => process.exit(code),
  error => {
    const sentence = explain(error);
    process.stderr.write(`${args.includes('--json') ? JSON.stringify({ error: sentence }) : sentence}\n`);
    process.exit(error instanceof UsageError ? WRONG_USE : REFUSED);
  },
);
