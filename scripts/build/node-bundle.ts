import { join } from "node:path";
import type { InlineConfig } from "vite";
import { LEFT_OUT } from "./left-out.ts";
import { licensesOf } from "./licenses.ts";
import type { BuildMode } from "./publish-folder.ts";

type RolldownOptions = NonNullable<NonNullable<InlineConfig["build"]>["rolldownOptions"]>;

/** One script for Node, out of everything that it imports. */
export interface NodeBundle {
  readonly name: string;
  readonly entry: string;
}

export interface NodeBundleOptions {
  readonly root: string;
  readonly mode: BuildMode;
  /** Shared by bundles, each of which has its own names in it. */
  readonly outDir: string;
  /** What lay in the folder before goes. */
  readonly isFirst: boolean;
  readonly external: readonly string[];
  readonly output: Exclude<RolldownOptions["output"], readonly unknown[] | undefined>;
  /** Constants by their names, as source text. */
  readonly define: Readonly<Record<string, string>>;
}

export function configOfNodeBundle({ entry, name }: NodeBundle, options: NodeBundleOptions): InlineConfig {
  const { define, external, isFirst, mode, outDir, output, root } = options;
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: "warn",
    define: { ...define },
    resolve: { alias: [...LEFT_OUT] },
    mode: mode === "dev" ? "development" : "production",
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: isFirst,
      target: "node24",
      minify: false,
      license: licensesOf(name),
      sourcemap: mode === "dev",
      rolldownOptions: { input: { [name]: join(root, entry) }, external: [...external], output },
    },
  };
}
