import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { themeCss } from "./scripts/theme-css-plugin.ts";

/** The page. The Node side is built by `scripts/build.ts`. */
export default defineConfig({
  root: "src-renderer",
  // Addresses have folders (/runs/…), so files are named from the root; the desktop serves them under its own scheme.
  base: "/",
  publicDir: false,
  plugins: [react(), themeCss()],
  resolve: {
    // Bundled packages keep their ES modules; `#contract/*` is resolved through package.json's imports.
    dedupe: ["react", "react-dom"],
  },
  build: {
    outDir: "../dist/renderer",
    emptyOutDir: true,
    target: "es2024",
    // The strict content policy of the page allows no data: scripts and no inline code.
    assetsInlineLimit: 0,
    // A part's own style sheet that the core could not send would not be asked for again; together they are small.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 1_500,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Everything the first screen runs, in one file: each file costs a request through the program, which a
            // desktop window waits for. The order of imports stands in it, so zod is set up before any schema is made.
            { name: "page", tags: ["$initial"] },
          ],
        },
      },
    },
  },
});
