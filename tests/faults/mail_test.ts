import { testFaults } from "./driver.ts";
import { faults } from "./kinds/mail.ts";

testFaults("mail", faults);
