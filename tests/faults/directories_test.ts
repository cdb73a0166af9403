import { testFaults } from "./driver.ts";
import { faults } from "./kinds/directories.ts";

testFaults("directories", faults);
