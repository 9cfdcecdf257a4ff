/** Files of a small tree, by path. */
export type Tree = Readonly<Record<string, string>>;

/** A tree in which every rule of `.dependency-cruiser.cjs` is kept. */
export const CLEAN_TREE: Tree = {
  "package.json": JSON.stringify({
    name: "seeded",
    type: "module",
    imports: {
      "#contract/*": "./src-main/contract/*",
      "#core/*": "./src-main/core/*",
      "#main/*": "./src-main/*",
      "#tests/*": "./tests/*",
    },
    dependencies: {
      zod: "1.0.0",
      "better-sqlite3": "1.0.0",
      dockerode: "1.0.0",
      ssh2: "1.0.0",
      keytar: "1.0.0",
    },
    devDependencies: { electron: "1.0.0", react: "1.0.0" },
  }),
  ...Object.fromEntries(
    ["zod", "better-sqlite3", "dockerode", "ssh2", "keytar", "electron", "react"].flatMap((name) => [
      [
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", type: "module", main: "index.js" }),
      ],
      [`node_modules/${name}/index.js`, "export const it = 1;\n"],
    ]),
  ),
  "src-main/contract/thing.ts": `import { it } from "zod";\nexport const thing = it;\nexport type Thing = number;\n`,
  "src-main/core/rule.ts": `import { thing } from "#contract/thing.ts";\nexport const rule = thing;\n`,
  "src-main/runs/supervisor.ts": `import { rule } from "#core/rule.ts";\nimport { join } from "node:path";\nexport const supervisor = [rule, join];\n`,
  "src-main/runs/index.ts": `export { supervisor } from "./supervisor.ts";\n`,
  "src-main/logs/block.ts": `export const block = 1;\n`,
  "src-main/logs/index.ts": `export { block } from "./block.ts";\n`,
  "src-main/store/index.ts": `import { it } from "better-sqlite3";\nexport const store = it;\n`,
  "src-main/drivers/shared/frame.ts": `export const frame = 1;\n`,
  "src-main/drivers/fake/index.ts": `import { frame } from "../shared/frame.ts";\nexport const fake = frame;\n`,
  "src-main/drivers/process/index.ts": `import { frame } from "../shared/frame.ts";\nexport const local = frame;\n`,
  "src-main/drivers/index.ts": `export { fake } from "./fake/index.ts";\nexport { local } from "./process/index.ts";\n`,
  "src-main/rpc/app-router.ts": `import { supervisor } from "#main/runs/index.ts";\nexport const router = supervisor;\nexport type AppRouter = typeof router;\n`,
  "src-main/rpc/index.ts": `export { router } from "./app-router.ts";\n`,
  "src-main/compose.ts": [
    `import { local, fake } from "#main/drivers/index.ts";`,
    `import { block } from "#main/logs/index.ts";`,
    `import { router } from "#main/rpc/index.ts";`,
    `import { store } from "#main/store/index.ts";`,
    "export const core = [local, fake, block, router, store];\n",
  ].join("\n"),
  "src-main/entries/web/page.ts": "export const page = 1;\n",
  "src-main/entries/web/index.ts": `import { core } from "../../compose.ts";\nimport { page } from "./page.ts";\nexport const web = [core, page];\n`,
  "src-main/entries/cli/main.ts": `import { web } from "../web/index.ts";\nexport const main = web;\n`,
  "src-preload/bridge.ts": `import { it } from "electron";\nexport const bridge = it;\n`,
  "src-renderer/app/main.tsx": [
    `import { it } from "react";`,
    `import { thing } from "#contract/thing.ts";`,
    `import type { AppRouter } from "#main/rpc/app-router.ts";`,
    `import { agents } from "../features/agents/index.ts";`,
    `import { list } from "../features/runs/index.ts";`,
    "export const page: [AppRouter, unknown] = [it as never, [thing, agents, list]];\n",
  ].join("\n"),
  "src-renderer/features/agents/card.ts": `export const card = 1;\n`,
  "src-renderer/features/agents/index.ts": `export { card as agents } from "./card.ts";\n`,
  "src-renderer/features/runs/index.ts": `import { agents } from "../agents/index.ts";\nexport const list = agents;\n`,
  "tests/helpers/fake.ts": "export const fake = 1;\n",
};

/** A violation of one rule, as lines added to a file of the clean tree (or as a file of its own). */
export interface Seed {
  readonly rule: string;
  readonly file: string;
  readonly adds: string;
}

const value = (specifier: string) => `import * as seeded from "${specifier}";\nexport const use = seeded;\n`;
const type = (specifier: string, name: string) =>
  `import type { ${name} as Seeded } from "${specifier}";\nexport type Use = Seeded;\n`;

/** At least one per rule. Where a rule must also see type-only imports, that is a seed of its own. */
export const SEEDS: readonly Seed[] = [
  { rule: "no-cycles", file: "src-main/logs/block.ts", adds: value("./index.ts") },
  { rule: "no-orphans", file: "src-main/logs/forgotten.ts", adds: "export const forgotten = 1;\n" },
  { rule: "contract-is-a-leaf", file: "src-main/contract/thing.ts", adds: value("node:path") },
  { rule: "core-is-pure", file: "src-main/core/rule.ts", adds: value("node:fs") },
  { rule: "core-is-pure", file: "src-main/core/rule.ts", adds: type("#main/logs/index.ts", "block") },
  {
    rule: "services-do-not-know-who-calls",
    file: "src-main/logs/block.ts",
    adds: value("#main/rpc/index.ts"),
  },
  {
    rule: "services-do-not-know-who-calls",
    file: "src-main/logs/block.ts",
    adds: type("#main/rpc/index.ts", "AppRouter"),
  },
  {
    rule: "rpc-does-not-know-the-entry",
    file: "src-main/rpc/app-router.ts",
    adds: type("../entries/web/index.ts", "web"),
  },
  {
    rule: "entries-do-not-know-each-other",
    file: "src-main/entries/desktop/main.ts",
    adds: value("../cli/main.ts"),
  },
  {
    rule: "command-line-meets-web-at-index",
    file: "src-main/entries/cli/main.ts",
    adds: value("../web/page.ts"),
  },
  { rule: "modules-meet-at-index", file: "src-main/runs/supervisor.ts", adds: value("#main/logs/block.ts") },
  { rule: "compose-meets-modules-at-index", file: "src-main/compose.ts", adds: value("#main/logs/block.ts") },
  {
    rule: "only-compose-opens-the-store",
    file: "src-main/logs/block.ts",
    adds: value("#main/store/index.ts"),
  },
  {
    rule: "drivers-do-not-know-each-other",
    file: "src-main/drivers/process/index.ts",
    adds: value("../fake/index.ts"),
  },
  { rule: "electron-only-in-its-entry", file: "src-renderer/app/main.tsx", adds: value("electron") },
  { rule: "sqlite-only-in-store", file: "src-main/logs/block.ts", adds: value("better-sqlite3") },
  { rule: "keytar-only-in-vault", file: "src-main/logs/block.ts", adds: value("keytar") },
  {
    rule: "dockerode-only-in-its-driver",
    file: "src-main/drivers/process/index.ts",
    adds: value("dockerode"),
  },
  { rule: "ssh2-only-in-its-driver", file: "src-main/drivers/process/index.ts", adds: value("ssh2") },
  {
    rule: "renderer-sees-contract-only",
    file: "src-renderer/app/main.tsx",
    adds: value("#main/logs/index.ts"),
  },
  {
    rule: "renderer-sees-contract-only",
    file: "src-renderer/app/main.tsx",
    adds: type("#main/rpc/index.ts", "router"),
  },
  {
    rule: "renderer-takes-router-as-type",
    file: "src-renderer/app/main.tsx",
    adds: value("#main/rpc/app-router.ts"),
  },
  { rule: "renderer-has-no-node", file: "src-renderer/app/main.tsx", adds: value("node:fs") },
  {
    rule: "features-meet-at-index",
    file: "src-renderer/features/runs/index.ts",
    adds: value("../agents/card.ts"),
  },
  { rule: "preload-is-a-bridge", file: "src-preload/bridge.ts", adds: value("node:fs") },
  {
    rule: "product-does-not-import-tests",
    file: "src-main/runs/supervisor.ts",
    adds: value("#tests/helpers/fake.ts"),
  },
  { rule: "no-dev-dependency-in-product", file: "src-main/runs/supervisor.ts", adds: value("react") },
  { rule: "no-unresolvable", file: "src-main/runs/supervisor.ts", adds: value("./nowhere.ts") },
];
