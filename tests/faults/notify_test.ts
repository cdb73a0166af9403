import { testFaults } from "./driver.ts";
import { faults } from "./kinds/notify.ts";

testFaults("notify", faults);
