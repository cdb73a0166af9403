import { testFaults } from "./driver.ts";
import { faults } from "./kinds/internal.ts";

testFaults("internal", faults);
