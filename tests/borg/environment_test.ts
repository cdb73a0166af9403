import assert from "node:assert/strict";
import fc from "fast-check";
import {
  borgEnvironment,
  environmentWithoutRepository,
  interactiveEnvironment,
  PASSED_ON,
  remoteShell,
} from "../../lib/borg/environment.ts";
import { Secret } from "../../lib/text/secret.ts";
import { repositoryWith } from "./repositories.ts";

Deno.test("borgEnvironment() gives Borg what opens the key, and nothing else secret", () => {
  const passphrase = new Secret("correct horse");
  const withPassphrase = borgEnvironment(
    repositoryWith({ key: { kind: "passphrase", passphrase } }),
    {},
  );
  assert.equal(withPassphrase.BORG_PASSPHRASE, "correct horse");
  assert.equal(withPassphrase.BORG_PASSCOMMAND, undefined);
  const command = new Secret("pass show borg");
  const withCommand = borgEnvironment(repositoryWith({ key: { kind: "command", command } }), {});
  assert.equal(withCommand.BORG_PASSCOMMAND, "pass show borg");
  assert.equal(withCommand.BORG_PASSPHRASE, undefined);
  const none = borgEnvironment(repositoryWith({ key: { kind: "none" }, encryption: "none" }), {});
  assert.equal(none.BORG_PASSPHRASE ?? none.BORG_PASSCOMMAND, undefined);
});

Deno.test("borgEnvironment() passes on the variables of its list and no others", () => {
  const inherited = Object.fromEntries([...PASSED_ON, "LD_PRELOAD"].map((name) => [name, "x"]));
  const environment = borgEnvironment(repositoryWith(), inherited);
  for (const name of PASSED_ON) assert.equal(environment[name], "x");
  assert.equal(environment.LD_PRELOAD, undefined);
});

Deno.test("borgEnvironment() lets Python run no code of the user's, also when a person works", () => {
  const inherited = { HOME: "/home/anna" };
  const all = [
    borgEnvironment(repositoryWith(), inherited),
    interactiveEnvironment(repositoryWith(), inherited),
    environmentWithoutRepository(inherited),
  ];
  for (const environment of all) {
    assert.equal(environment.PYTHONNOUSERSITE, "1");
    assert.equal(environment.PYTHONSAFEPATH, "1");
  }
});

Deno.test("borgEnvironment() takes an empty variable of XDG for one that is not set", () => {
  const environment = borgEnvironment(repositoryWith(), { XDG_CACHE_HOME: "", HOME: "" });
  assert.equal(environment.XDG_CACHE_HOME, undefined);
  assert.equal(environment.HOME, "");
});

Deno.test("borgEnvironment() answers every question with no, for there is nobody to ask", () => {
  const environment = borgEnvironment(repositoryWith(), {});
  assert.equal(environment.BORG_RELOCATED_REPO_ACCESS_IS_OK, "no");
  assert.equal(environment.BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK, "no");
  assert.equal(environment.BORG_CHECK_I_KNOW_WHAT_I_AM_DOING, "NO");
  assert.equal(environment.BORG_DELETE_I_KNOW_WHAT_I_AM_DOING, "NO");
});

Deno.test("borgEnvironment() accepts a repository without encryption when it is configured so", () => {
  const environment = borgEnvironment(
    repositoryWith({ encryption: "none", key: { kind: "none" } }),
    {},
  );
  assert.equal(environment.BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK, "yes");
});

Deno.test("remoteShell() never lets ssh ask or wait for ever", () => {
  const shell = remoteShell(repositoryWith());
  assert.match(shell, /^ssh -oBatchMode=yes /);
  assert.match(shell, /-oConnectTimeout=30/);
  assert.match(shell, /-oServerAliveInterval=30/);
});

Deno.test("remoteShell() puts configured options before its own, as ssh takes the first", () => {
  const shell = remoteShell(repositoryWith({ sshOptions: ["ConnectTimeout=5"] }));
  assert.ok(shell.indexOf("-oConnectTimeout=5") < shell.indexOf("-oConnectTimeout=30"));
});

Deno.test("remoteShell() lets nobody switch BatchMode off", () => {
  const shell = remoteShell(repositoryWith({ sshOptions: ["BatchMode=no"] }));
  assert.ok(shell.indexOf("-oBatchMode=yes") < shell.indexOf("-oBatchMode=no"));
});

Deno.test("remoteShell() uses the configured key alone", () => {
  const shell = remoteShell(repositoryWith({ sshKey: "/etc/autoborg/my key" }));
  assert.match(shell, /-oIdentitiesOnly=yes -i '\/etc\/autoborg\/my key'/);
});

/** Splits command lines as Borg does: with Python's shlex. */
async function splitByPython(lines: readonly string[]): Promise<unknown> {
  const program = "import json, shlex, sys; " +
    "json.dump([shlex.split(line) for line in json.load(sys.stdin)], sys.stdout)";
  const child = new Deno.Command("python3", {
    args: ["-c", program],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(lines)));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["-c", ""] }).output()).success;
  } catch {
    return false;
  }
}

const python = await hasPython();

Deno.test({
  name: python
    ? "remoteShell() is quoted so that Borg's shlex reads every option as it was"
    : "remoteShell() is quoted as Borg's shlex reads it (not run: python3 is not installed)",
  ignore: !python,
  async fn() {
    const word = fc.string({ minLength: 1, unit: fc.constantFrom(..."aB1'\"\\ $`;*#=ü\t%~") });
    const samples = fc.sample(fc.tuple(word, word), 200);
    const lines = samples.map(([option, key]) =>
      remoteShell(repositoryWith({ sshOptions: [`ProxyCommand=${option}`], sshKey: `/${key}` }))
    );
    const split = await splitByPython(lines);
    assert.ok(Array.isArray(split));
    for (const [index, [option, key]] of samples.entries()) {
      const words: unknown = split[index];
      assert.ok(Array.isArray(words));
      assert.equal(words[2], `-oProxyCommand=${option}`);
      assert.equal(words[5], `/${key}`);
    }
  },
});

Deno.test("interactiveEnvironment() names the repository and answers no question beforehand", () => {
  const repository = repositoryWith({ url: "ssh://host/./repo", remoteBorg: "borg1" });
  const environment = interactiveEnvironment(repository, { HOME: "/root" });
  assert.equal(environment.BORG_REPO, "ssh://host/./repo");
  assert.equal(environment.BORG_REMOTE_PATH, "borg1");
  assert.equal(environment.BORG_PASSPHRASE, "correct horse");
  assert.equal(environment.HOME, "/root");
  assert.ok(!environment.BORG_RSH?.includes("BatchMode"));
  assert.deepEqual(Object.keys(environment).filter((name) => /OK|I_KNOW/.test(name)), []);
});
