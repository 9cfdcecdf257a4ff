export { bridgeFeature } from "./feature.tsx";
