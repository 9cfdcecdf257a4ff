// What may import what. Each rule is proven by a seeded violation in tests/architecture/boundaries.test.ts.

/** Modules that do the work and must not know who asked for it. */
const SERVICES =
  "platform|store|vault|agents|targets|drivers|runs|logs|sinks|screens|terminals|publish|schedule|system|audit|page|updates";

/** Files that are started or loaded by name, so that nothing imports them. */
const STARTED = [
  "^src-main/entries/[^/]+/(main|core-main)\\.ts$",
  "^src-main/drivers/process/supervisor/main\\.ts$",
  "^src-main/logs/worker/main\\.ts$",
  "^src-main/vault/keychain/main\\.ts$",
  "^src-preload/bridge\\.ts$",
  "^src-renderer/app/main\\.tsx$",
  "\\.d\\.ts$",
];

const BUILTINS = { dependencyTypes: ["core"] };

/** @param {string} name */
const packageOf = (name) => `(^|/)node_modules/${name}(/|$)|^${name}(/|$)`;

/**
 * One owner per native or vendor package.
 *
 * @param {string} name rule
 * @param {string} npmPackage
 * @param {string} owner path of the folder that may import it
 */
const onlyIn = (name, npmPackage, owner) => ({
  name,
  severity: "error",
  from: { path: "^src-", pathNot: owner },
  to: { path: packageOf(npmPackage) },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Cycles of types are gone when the program runs; all others are an order of loading by luck.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src-", pathNot: STARTED },
      to: {},
    },
    {
      name: "contract-is-a-leaf",
      comment: "The contract imports itself and zod; every process may import it.",
      severity: "error",
      from: { path: "^src-main/contract/" },
      to: { pathNot: ["^src-main/contract/", packageOf("zod")] },
    },
    {
      name: "core-is-pure",
      comment: "core/ imports the contract, itself and zod; no Node, no DOM.",
      severity: "error",
      from: { path: "^src-main/core/" },
      to: { pathNot: ["^src-main/(core|contract)/", packageOf("zod")] },
    },
    {
      name: "services-do-not-know-who-calls",
      severity: "error",
      from: { path: `^src-main/(${SERVICES})/` },
      to: { path: "^src-main/((rpc|entries)/|compose\\.ts$)" },
    },
    {
      name: "rpc-does-not-know-the-entry",
      severity: "error",
      from: { path: "^src-main/rpc/" },
      to: { path: ["^src-main/(entries/|compose\\.ts$)"] },
    },
    {
      name: "entries-do-not-know-each-other",
      severity: "error",
      from: { path: "^src-main/entries/([^/]+)/", pathNot: "^src-main/entries/cli/" },
      to: { path: "^src-main/entries/", pathNot: "^src-main/entries/$1/" },
    },
    {
      name: "command-line-meets-web-at-index",
      comment: "`serve` opens the web entry; the command line knows nothing else of the others.",
      severity: "error",
      from: { path: "^src-main/entries/cli/" },
      to: { path: "^src-main/entries/", pathNot: "^src-main/entries/(cli/|web/index\\.ts$)" },
    },
    {
      name: "modules-meet-at-index",
      severity: "error",
      from: { path: "^src-main/([^/]+)/" },
      to: {
        path: "^src-main/[^/]+/.+",
        pathNot: [
          "^src-main/$1/",
          "^src-main/(contract|core)/",
          "^src-main/[^/]+/index\\.ts$",
          "^src-main/entries/",
        ],
      },
    },
    {
      name: "compose-meets-modules-at-index",
      severity: "error",
      from: { path: "^src-main/[^/]+\\.ts$" },
      to: {
        path: "^src-main/[^/]+/.+",
        pathNot: [
          "^src-main/(contract|core)/",
          "^src-main/[^/]+/index\\.ts$",
          "^src-main/drivers/[^/]+/index\\.ts$",
        ],
      },
    },
    {
      name: "only-compose-opens-the-store",
      comment:
        "Modules say what they need stored; compose.ts is the one that hands them the database's answer to it.",
      severity: "error",
      from: { path: "^src-main/", pathNot: "^src-main/(store/|compose\\.ts$)" },
      to: { path: "^src-main/store/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "drivers-do-not-know-each-other",
      severity: "error",
      from: { path: "^src-main/drivers/([^/]+)/" },
      to: { path: "^src-main/drivers/[^/]+/", pathNot: "^src-main/drivers/($1|shared)/" },
    },
    onlyIn("electron-only-in-its-entry", "electron", "^(src-main/entries/desktop/|src-preload/)"),
    onlyIn("sqlite-only-in-store", "better-sqlite3", "^src-main/store/"),
    onlyIn("keytar-only-in-vault", "keytar", "^src-main/vault/keychain/main\\.ts$"),
    onlyIn("dockerode-only-in-its-driver", "dockerode", "^src-main/drivers/container/"),
    onlyIn("ssh2-only-in-its-driver", "ssh2", "^src-main/drivers/ssh/"),
    {
      name: "renderer-sees-contract-only",
      severity: "error",
      from: { path: "^src-renderer/" },
      to: {
        path: "^(src-main|src-preload)/",
        pathNot: ["^src-main/contract/", "^src-main/rpc/app-router\\.ts$"],
      },
    },
    {
      name: "renderer-takes-router-as-type",
      severity: "error",
      from: { path: "^src-renderer/" },
      to: { path: "^src-main/rpc/app-router\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    { name: "renderer-has-no-node", severity: "error", from: { path: "^src-renderer/" }, to: BUILTINS },
    {
      name: "features-meet-at-index",
      severity: "error",
      from: { path: "^src-renderer/features/([^/]+)/" },
      to: {
        path: "^src-renderer/features/[^/]+/",
        pathNot: ["^src-renderer/features/$1/", "^src-renderer/features/[^/]+/index\\.tsx?$"],
      },
    },
    {
      name: "preload-is-a-bridge",
      severity: "error",
      from: { path: "^src-preload/" },
      to: { pathNot: ["^src-preload/", "^src-main/contract/", packageOf("electron")] },
    },
    {
      name: "product-does-not-import-tests",
      severity: "error",
      from: { path: "^src-" },
      to: { path: "^(tests|bench|scripts)/|\\.test\\.tsx?$" },
    },
    {
      name: "no-dev-dependency-in-product",
      comment: "The page is bundled from development dependencies; the Node side runs with the others.",
      severity: "error",
      from: { path: "^src-main/" },
      // Electron is the runtime of the desktop, and a package carries it.
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only"],
        pathNot: "^(node_modules/electron/|electron/)",
      },
    },
    {
      name: "no-unresolvable",
      comment: "An import that leads nowhere would escape every other rule.",
      severity: "error",
      from: { path: "^src-" },
      // Electron gives its modules to its own processes; there is no file of that name.
      to: { couldNotResolve: true, pathNot: "^(virtual:|electron/(main|common|renderer)$)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Tests may look into what they test; what only a test imports must show up as an orphan.
    exclude: { path: "\\.test\\.tsx?$" },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      conditionNames: ["import", "node", "default", "types"],
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".js", ".json", ".css"],
    },
  },
};
