import { testFaults } from "./driver.ts";
import { faults } from "./kinds/signals.ts";

testFaults("signals", faults);
