import { testFaults } from "./driver.ts";
import { faults } from "./kinds/history.ts";

testFaults("history", faults);
