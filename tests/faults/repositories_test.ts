import { testFaults } from "./driver.ts";
import { faults } from "./kinds/repositories.ts";

testFaults("repositories", faults);
