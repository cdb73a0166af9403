import { testFaults } from "./driver.ts";
import { faults } from "./kinds/hooks.ts";

testFaults("hooks", faults);
