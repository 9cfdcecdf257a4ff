import fc from "fast-check";
import { PROPERTY_SEED, runs } from "./property-runs.ts";

fc.configureGlobal({ seed: PROPERTY_SEED, numRuns: runs() });
