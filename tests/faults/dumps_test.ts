import { testFaults } from "./driver.ts";
import { faults } from "./kinds/dumps.ts";

testFaults("dumps", faults);
