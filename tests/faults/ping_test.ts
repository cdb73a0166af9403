import { testFaults } from "./driver.ts";
import { faults } from "./kinds/ping.ts";

testFaults("ping", faults);
