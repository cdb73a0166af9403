import { testFaults } from "./driver.ts";
import { faults } from "./kinds/sources.ts";

testFaults("sources", faults);
