export type { Fetch } from "./fetch.ts";
export { type Destination, OutgoingNetwork } from "./outgoing-network.ts";
