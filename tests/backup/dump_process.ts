/**
 * A run in a process of its own that dumps a database, to be killed in the midst of it.
 *
 * @module
 */
import { DumpScene } from "./dump_scene.ts";

const [directory = "", ...labels] = Deno.args;
const scene = DumpScene.reopen(directory, ...labels);
scene.dumps = {
  whole: { script: "echo whole" },
  half: {
    script: `head -c 20000000 /dev/zero; echo >"$SCENE/midway"; tail --pid="$PPID" -f /dev/null`,
  },
};
await scene.run();
