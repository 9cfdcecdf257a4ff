import { join } from "node:path";

const UNUSED_PART = join(import.meta.dirname, "unused-part.ts");

/**
 * Parts of the engines' client that nothing here reaches: its own ssh connections (with natives) and BuildKit's
 * sessions. Without them the client is small enough to be bundled, and no package has to be carried along.
 */
export const LEFT_OUT = ["ssh2", "@grpc/grpc-js", "@grpc/proto-loader", "protobufjs"].map((name) => ({
  find: new RegExp(`^${name}$`),
  replacement: UNUSED_PART,
}));
