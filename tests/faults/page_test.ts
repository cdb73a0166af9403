import { testFaults } from "./driver.ts";
import { faults } from "./kinds/page.ts";

testFaults("page", faults);
