export { ComputerFacts, type ComputerFactsDeps } from "./computer-facts.ts";
export { Doctor, type DoctorDeps } from "./doctor.ts";
export { System, type SystemDeps } from "./system.ts";
