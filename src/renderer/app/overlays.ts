/** Every overlay of the window. A new one adds its line here. */
export { overlay as outbox } from '../features/outbox/overlay.tsx';
export { settings, signOut } from '../features/settings/overlays.tsx';
export { palette, switcher } from './palette.tsx';
export { shortcutMap } from './shortcut-map.tsx';
