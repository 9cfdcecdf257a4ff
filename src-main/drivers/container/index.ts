export { EngineLink } from "./engine/engine-link.ts";
export { Engines, type EnginesDeps } from "./engines.ts";
export {
  type ContainerDriver,
  type ContainerDriverDeps,
  createContainerDriver,
} from "./run/container-driver.ts";
export type { RecipeSpec } from "./run/recipe.ts";
