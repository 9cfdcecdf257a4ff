import { join } from "node:path";
import { build } from "vite";
import { keepLicenses, licensesOf } from "./licenses.ts";
import { type BuildMode, publishFolder } from "./publish-folder.ts";

/** Builds the page into dist/renderer, as `vite.config.ts` says. */
export async function buildRenderer(root: string, mode: BuildMode): Promise<void> {
  const staging = join(root, ".cache", "build", "renderer");
  await build({
    configFile: join(root, "vite.config.ts"),
    // Relative to the working folder otherwise, and a command may be called from anywhere.
    root: join(root, "src-renderer"),
    logLevel: "warn",
    mode: mode === "dev" ? "development" : "production",
    build: {
      outDir: staging,
      emptyOutDir: true,
      minify: mode === "release",
      sourcemap: mode === "dev",
      license: licensesOf("renderer"),
    },
  });
  await keepLicenses(root, staging);
  await publishFolder({ from: staging, to: join(root, "dist", "renderer"), entries: ["index.html"] });
}
