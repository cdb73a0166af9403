import { testFaults } from "./driver.ts";
import { faults } from "./kinds/deaths.ts";

testFaults("deaths", faults);
