import { defineOverlay } from '../lib/overlay.ts';
import { keysOf } from '../lib/shortcuts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Keys } from '../ui/keys.tsx';
import { useFrame } from './frame-context.ts';

function ShortcutMap({ onClose }: { readonly onClose: () => void }) {
  const groups = Map.groupBy(useFrame().shortcuts, shortcut => shortcut.group);
  return (
    <Dialog open onClose={onClose} title="Keyboard map">
      <div className="scroll grid gap-5 p-5">
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className="mb-1.5 text-meta text-meta">{group}</h3>
            <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5">
              {shortcuts.map(shortcut => (
                <div key={`${shortcut.keys} ${shortcut.says}`} className="contents">
                  <dt>{shortcut.says}</dt>
                  <dd className="text-right">
                    <Keys>{keysOf(shortcut)}</Keys>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

export const shortcutMap = defineOverlay({
  id: 'shortcuts',
  order: 50,
  shortcut: { keys: '?', says: 'This map' },
  palette: { label: 'Keyboard map', icon: <Keys>?</Keys> },
  Overlay: ShortcutMap,
});
