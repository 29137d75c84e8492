import { join } from 'node:path';
import { type FuseConfig, FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';

/** What can still be decided about a packed Electron, every item decided (SH-12). One that is not in this list stops the packaging. */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // ELECTRON_RUN_AS_NODE would make a signed Node for anybody out of the console.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // There is no snapshot of ours, and an unchecked file that main would run must not be looked for (SH-16).
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Pages come from app:// only.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // The engine's own way of checking WebAssembly bounds; off it only costs speed.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies FuseConfig;

const EVERY = Object.values(FuseV1Options).filter(value => typeof value === 'number');

export type PackedApp = {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  readonly packager: { readonly appInfo: { readonly productFilename: string }; readonly executableName?: string };
};

/** The hook of electron-builder between packing and signing: sets the fuses, and reads them back out of the file. */
export async function afterPack({ appOutDir, electronPlatformName, packager }: PackedApp): Promise<void> {
  const name = electronPlatformName === 'linux' ? packager.executableName : packager.appInfo.productFilename;
  const extension = { darwin: '.app', win32: '.exe' }[electronPlatformName] ?? '';
  const binary = join(appOutDir, `${name}${extension}`);
  const before = await getCurrentFuseWire(binary);
  const gone = EVERY.filter(fuse => before[fuse] === FuseState.REMOVED || before[fuse] === undefined);
  // To set one that Electron has given up would look like a wall and be none.
  if (gone.length > 0)
    throw new Error(`This Electron has no fuse ${gone.map(fuse => FuseV1Options[fuse]).join(', ')} any more.`);
  await flipFuses(binary, { ...FUSES, resetAdHocDarwinSignature: electronPlatformName === 'darwin' });
  const wire = await getCurrentFuseWire(binary);
  for (const fuse of EVERY) {
    if (wire[fuse] !== (FUSES[fuse] ? FuseState.ENABLE : FuseState.DISABLE))
      throw new Error(`The fuse ${FuseV1Options[fuse]} of ${binary} is not what tools/fuses.ts says.`);
  }
}
