import { findElectron } from "../start/desktop.ts";

/** On what the desktop specs run here: Electron itself where its binary is, or else the stand-in for it. */
export interface DesktopUnderTest {
  /** Electron's binary; null for the stand-in. */
  readonly electron: string | null;
  /** One line for the summary of a run. */
  readonly says: string;
}

/** Decides it for the specs and for the summary alike, so that neither can say what the other did not do. */
export function desktopUnderTest(root: string): DesktopUnderTest {
  const electron = findElectron(root);
  const says =
    electron === null
      ? "the desktop ran on the stand-in for Electron, whose binary is not here"
      : `the desktop ran on real Electron (${electron}), and on the stand-in where a spec plays the system`;
  return { electron, says };
}
