/** Flows run side by side, and each looks through all processes for its own value. */
const FLOW = process.env["CANARY_FLOW"] ?? "";

/** Planted values; nothing else in a flow looks like them. */
export const CANARIES = {
  password: `cnry-7Xq"9 w/é\\tail${FLOW}-4d1e`,
  rotated: "cnry-rotated-55e0c1d2",
  key: `-----BEGIN PRIVATE KEY-----\ncnryKEY0${"QmFzZTY0".repeat(6)}\ncnryKEY1${"bGluZTAy".repeat(6)}\n-----END PRIVATE KEY-----\n`,
  /** In the passphrase vault. */
  kept: "cnry-kept-9be1d7",
  /** Refused because it is too long. */
  long: `cnry-long-31fa${"x".repeat(70_000)}`,
  /** In the environment that Pilothouse was started in. */
  host: "cnry-host-c4d2a9",
  /** A field of a credential that no manifest names. */
  unnamed: "cnry-unnamed-e70b15",
  /** No secret by itself: handed over, and not masked. The twin of every search of what is printed. */
  user: "cnry-user-not-masked-08ab",
} as const;

/** A piece of each value without the characters that strace writes as escapes. */
export const MARKS = ["cnry-7Xq", "cnry-rotated", "cnryKEY0", "cnry-kept", "cnry-long", "cnry-unnamed"];

export const VAULT_PASSPHRASE = "cnry passphrase of the vault";

const FORMS = `function forms(value) {
  const bytes = Buffer.from(value);
  const wide = Buffer.from(value, "utf16le");
  return [
    value,
    ...[0, 1, 2].map((offset) => Buffer.concat([Buffer.alloc(offset, 60), bytes]).toString("base64")),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    encodeURIComponent(value),
    JSON.stringify({ value }),
    wide,
    Buffer.from(wide).swap16(),
  ];
}
function sayAll() {
  for (const fd of [1, 2]) {
    for (const form of [...forms(password), ...forms(key), key]) {
      const line = Buffer.concat([Buffer.from("<"), Buffer.from(form), Buffer.from(">\\n")]);
      writeSync(fd, line.subarray(0, line.length >> 1));
      writeSync(fd, line.subarray(line.length >> 1));
      // Once in one piece: a reader that is quick enough would store every half by itself, where no search finds it.
      writeSync(fd, line);
    }
  }
}`;

const USES = `class: computational
runtimes: { process: { command: [node, main.mjs] } }
credentials:
  - { name: shop, env: { password: C_PASSWORD, user: C_USER } }
  - { name: tls, file: { field: key, env: C_KEY } }
`;

const READS = `import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
const { C_PASSWORD: password, C_USER: user, C_KEY: keyFile, PILOTHOUSE_RUN_ID: run } = process.env;
const key = readFileSync(keyFile, "utf8");
`;

/** An agent that prints what it was given in every form, before and after the file \`go\` appears. */
export function canaryAgent(places: { go: string; ready: string; seen: string }) {
  const code = `${READS}
${FORMS}
sayAll();
console.log("user " + user);
writeFileSync(${JSON.stringify(places.seen)}, JSON.stringify({ env: process.env, mode: statSync(keyFile).mode & 0o777, keyFile }));
writeFileSync(${JSON.stringify(places.ready)}, "");
while (!existsSync(${JSON.stringify(places.go)})) await new Promise((resolve) => setTimeout(resolve, 20));
sayAll();
`;
  return { manifest: USES, files: { "main.mjs": code } };
}

/** An agent that prints its password once and notes, outside of the data folder, which run got which. */
export function courierAgent(notes: string) {
  const code = `${READS}
appendFileSync(${JSON.stringify(notes)}, JSON.stringify({ run, password, isKeyWhole: key.length > 0 }) + "\\n");
console.log("<" + password + ">");
`;
  return { manifest: USES, files: { "main.mjs": code } };
}

/** An agent that names a credential nobody allowed it. */
export function strangerAgent(seen: string) {
  return {
    manifest: USES,
    files: { "main.mjs": `${READS}writeFileSync(${JSON.stringify(seen)}, password);` },
  };
}
