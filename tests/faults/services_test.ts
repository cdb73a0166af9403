import { testFaults } from "./driver.ts";
import { faults } from "./kinds/services.ts";

testFaults("services", faults);
