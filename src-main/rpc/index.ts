export type { AgentsFace } from "./agents-router.ts";
export { type AppRouter, type CoreFaces, createAppRouter } from "./app-router.ts";
export { bridgePort } from "./bridge-port.ts";
export type { RpcContext, Sink } from "./context.ts";
export type { KeepingFace } from "./keeping-router.ts";
export { type LocalSocket, RPC_PATH, serveLocalSocket, WINDOW_PATH } from "./local-socket.ts";
export type { LogsFace } from "./logs-router.ts";
export type { RpcPort } from "./port-socket.ts";
export type { RunsFace } from "./runs-router.ts";
export type { ScreensFace } from "./screens-router.ts";
export { RpcPortServer } from "./serve-port.ts";
export type { SinksFace } from "./sinks-router.ts";
export {
  type ConnectionParams,
  DEFAULT_SOCKET_LIMITS,
  RpcSocketServer,
  type SignOut,
  type SocketLimits,
} from "./socket-server.ts";
export type { SystemFace } from "./system-router.ts";
export type { TargetsFace } from "./targets-router.ts";
