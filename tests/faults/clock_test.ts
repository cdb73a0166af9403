import { testFaults } from "./driver.ts";
import { faults } from "./kinds/clock.ts";

testFaults("clock", faults);
