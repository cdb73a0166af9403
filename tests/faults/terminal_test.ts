import { testFaults } from "./driver.ts";
import { faults } from "./kinds/terminal.ts";

testFaults("terminal", faults);
