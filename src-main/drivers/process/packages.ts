import { join } from "node:path";
import type { OnProgress, RunSpec } from "../driver.ts";
import { NodePackages } from "./node-packages.ts";
import { PackageCache } from "./package-cache.ts";
import { PythonPackages } from "./python-packages.ts";

export interface PackagesDeps {
  /** Folder of all environments. */
  readonly folder: string;
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** What a run needs of its packages, once they are there. */
export interface PreparedPackages {
  readonly env: Readonly<Record<string, string>>;
  /** Folders with programs, first in the search path of a run with this working folder. */
  folders(workFolder: string): readonly string[];
  /** Places the packages in the working folder of a run. */
  placeIn(workFolder: string): Promise<void>;
}

/** The packages of releases: built once per content, shared by all runs that need the same. */
export class Packages {
  readonly #python: PythonPackages;
  readonly #node: NodePackages;

  constructor(deps: PackagesDeps) {
    const cache = new PackageCache({ folder: deps.folder });
    this.#python = new PythonPackages({ ...deps, cache });
    this.#node = new NodePackages({ ...deps, cache });
  }

  /**
   * @throws AppError `start.runtime_missing`, `start.packages_failed`, `run.cancelled`
   */
  async prepare(spec: RunSpec, onProgress: OnProgress, signal: AbortSignal): Promise<PreparedPackages> {
    const { python, node } = spec.needs;
    const request = { releaseFolder: spec.releaseFolder, release: spec.release, onProgress, signal };
    const venv = python === undefined ? null : await this.#python.prepare({ ...request, needs: python });
    const modules = node === undefined ? null : await this.#node.prepare({ ...request, needs: node });
    return {
      env: venv === null ? {} : { VIRTUAL_ENV: venv.folder },
      folders: (workFolder) => [
        ...(venv === null ? [] : [venv.programs]),
        ...(modules === null ? [] : [join(modules.placeIn(workFolder), ".bin")]),
      ],
      placeIn: async (workFolder) => {
        await modules?.link(workFolder);
      },
    };
  }
}
