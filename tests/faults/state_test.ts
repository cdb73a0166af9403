import { testFaults } from "./driver.ts";
import { faults } from "./kinds/state.ts";

testFaults("state", faults);
