import { ConfigError, readConfig } from '../config.ts';
import { migrate } from '../platform/db/index.ts';
import { type Command, onDatabase, onInstallation } from './command.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'brings the database up to date and ends; a start does the same',
  options: {},
  run: (env, _options) =>
    onDatabase(readConfig(env), async db => {
      const applied = await migrate(db);
      const text = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
      return { text, json: { applied } };
    }),
};

export const rewrapKeys: Command = {
  name: 'rewrap-keys',
  summary: 'moves every key from ASTRIX_KEK to ASTRIX_KEK_NEXT while the backends go on; may be repeated',
  options: {},
  run: async env => {
    if (!readConfig(env).kekNext) throw new ConfigError(['ASTRIX_KEK_NEXT must be set: it is the key to change to.']);
    const report = await onInstallation(env, ({ vault }) => vault.rewrap());
    return {
      text: `Moved ${report.keptKeys + report.agencies + report.dataKeys} keys to ${report.to} and opened ${report.verified}. Retired: ${report.retired.join(', ') || 'none'}.`,
      json: report,
    };
  },
};
