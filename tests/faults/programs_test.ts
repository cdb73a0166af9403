import { testFaults } from "./driver.ts";
import { faults } from "./kinds/programs.ts";

testFaults("programs", faults);
