export { createProcessDriver, type ProcessDriver, type ProcessDriverDeps } from "./process-driver.ts";
