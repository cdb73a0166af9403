import { testFaults } from "./driver.ts";
import { faults } from "./kinds/log.ts";

testFaults("log", faults);
