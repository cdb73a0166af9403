import { testFaults } from "./driver.ts";
import { faults } from "./kinds/refusals.ts";

testFaults("refusals", faults);
