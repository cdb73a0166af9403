import { testFaults } from "./driver.ts";
import { faults } from "./kinds/metrics.ts";

testFaults("metrics", faults);
