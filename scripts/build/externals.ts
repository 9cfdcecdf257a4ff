/** Natives that go along as packages of their own, because no bundle can hold them. */
export const NATIVES = ["better-sqlite3", "keytar"];

/** What the bundles of plain Node leave out: `ws` asks for two helpers, and does without. */
export const EXTERNALS: readonly string[] = [...NATIVES, "bufferutil", "utf-8-validate"];
