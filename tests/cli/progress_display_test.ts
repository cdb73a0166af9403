import { ProgressDisplay } from "../../lib/cli/progress_display.ts";
import { contextWith } from "./outside.ts";

Deno.test("ProgressDisplay ends nothing when it can't be written any more", async () => {
  const { promise: painted, resolve } = Promise.withResolvers<void>();
  const context = contextWith({
    tell() {
      resolve();
      throw new Error("No space left on device");
    },
  });
  using display = new ProgressDisplay(context, "bar", (text) => text);
  display.show({ repository: "disk", step: "check", progress: undefined });
  await painted;
  // What a timer throws would end the process in its next round.
  await new Promise((resolve) => setTimeout(resolve, 0));
});
