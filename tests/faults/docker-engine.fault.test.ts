import { describeEngineFaults } from "./engine-faults.ts";

describeEngineFaults("docker");
