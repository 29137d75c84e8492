import { ConfigError } from './config.ts';
import { DatabaseFault } from './platform/db/index.ts';

/** A command cannot do what was asked for; the message says why. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

/** What an operator typed is not a command of ours. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

type SystemError = Error & {
  readonly code?: string;
  readonly path?: string;
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
  readonly syscall?: string;
};

/** One sentence for a person at a terminal: what is wrong, and what to do about it. Never the value of a variable with a secret. */
export function explain(error: unknown): string {
  if ([ConfigError, UsageError, RefusedError, DatabaseFault].some(known => error instanceof known))
    return (error as Error).message;
  const { code, path, port, address, hostname, syscall, message } = error as SystemError;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Stop the program that uses it, or set ASTRIX_PORT to another one.`;
    case 'EADDRNOTAVAIL':
      return `ASTRIX_HOST names ${address}, which is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for every address that it has.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `ASTRIX_HOST names ${hostname}, which is not known here. Use an address of this machine, such as 127.0.0.1.`;
    case 'ENOSPC':
    case '53100':
      return 'The disk is full. Free some space and start again; nothing that was acknowledged is lost.';
    case 'EACCES':
      if (syscall === 'listen')
        return `Port ${port} is for the administrator alone. Set ASTRIX_PORT to one above 1023.`;
      return `There is no permission for ${path ?? 'the data directory'}. Choose another ASTRIX_DATA_DIR.`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `ASTRIX_DATA_DIR must be a folder, and ${path ?? 'it'} is a file. Choose another one.`;
    case 'EROFS':
      return `${path ?? 'ASTRIX_DATA_DIR'} is on a file system that takes no changes. Choose another ASTRIX_DATA_DIR.`;
    default:
      return message ?? String(error);
  }
}

/** The options of a command line as a sentence where they are wrong. */
export function usageOf(error: unknown, help: string): unknown {
  const { code, message } = error as SystemError;
  if (!code?.startsWith('ERR_PARSE_ARGS')) return error;
  const first = message.split(/\. /)[0]?.replace(/\.$/, '') ?? message;
  return new UsageError(`${first}. What there is:\n\n${help}`);
}
