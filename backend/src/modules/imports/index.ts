import { defineModule } from '../../composition/index.ts';
import { notify, withSystem } from '../../platform/db/index.ts';
import { listLive } from '../connections/index.ts';
import { addCursors, forgetConnection, markChanged } from './repo.ts';
import { createImports, importable } from './run.ts';

const CHANNEL = 'astrix_imports';

/** Brings what connected accounts hold into the modules that declare `imports`. docs/guides/add-a-provider.md describes how. */
export const imports = defineModule({
  name: 'imports',
  create(services) {
    const wanted = () => services.importers().keys();
    return {
      /** Connections from before a module began to import. */
      prepare: () =>
        withSystem(services.db, 'imports', async tx => {
          for (const ref of await listLive(tx)) await addCursors(tx, ref, importable(ref.provider, wanted()), 'leave');
        }),
      hears: {
        async 'connection.opened'(tx, ref) {
          await addCursors(tx, ref, importable(ref.provider, wanted()), 'ask-now');
          await notify(tx, CHANNEL, '');
        },
        async 'connection.changed'(tx, ref) {
          await markChanged(tx, ref, ref.capability);
          await notify(tx, CHANNEL, '');
        },
        'connection.closed': forgetConnection,
        'connection.data-deleted': forgetConnection,
      },
      every: [{ name: 'imports.run', seconds: 15, wake: CHANNEL, run: createImports(services).run }],
    };
  },
});
