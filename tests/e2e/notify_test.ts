import assert from "node:assert/strict";
import { Certificates } from "../report/mail/certificates.ts";
import { json, Service } from "../report/notify/service.ts";
import { ConnectProxy } from "./connect_proxy.ts";
import { Place, type Table } from "./place.ts";
import { autoborgCommand, type Ended, runToEnd } from "./program.ts";

/** A name that no server of names knows, and that a certificate of the tests is for. */
const HOST = "other.example.org";

function ntfy(port: number, keys: Table = {}): { readonly notify: readonly Table[] } {
  return { notify: [{ kind: "ntfy", url: `https://${HOST}:${port}/geheimes-topic`, ...keys }] };
}

/** From source the runtime looks for a newer version of itself, through the proxy as well. */
const QUIET = { DENO_NO_UPDATE_CHECK: "1" };

/** `test-notify` with variables of the environment. */
async function testNotify(
  place: Place,
  variables: Readonly<Record<string, string>>,
): Promise<Ended> {
  const command = [...autoborgCommand(), "test-notify", `--config=${place.at("config.toml")}`];
  return await runToEnd(command, {
    env: { ...place.env, ...QUIET, ...variables },
    cwd: place.directory,
  });
}

Deno.test("test-notify goes through the proxy of the environment, and not where no_proxy forbids it", async () => {
  await using certificates = await Certificates.make();
  await using service = new Service(() => json({ id: "abc" }), certificates.of("other-name"));
  await using proxy = new ConnectProxy(service.port);
  const table = ntfy(service.port, { ca_file: certificates.authority });
  await using place = await Place.quick(table);
  for (const name of ["https_proxy", "HTTPS_PROXY"]) {
    const { code, stderr } = await testNotify(place, { [name]: proxy.url });
    assert.equal(code, 0, stderr);
  }
  assert.equal(service.heard.length, 4);
  assert.ok(proxy.asked.every((line) => line === `CONNECT ${HOST}:${service.port} HTTP/1.1`));
  const asked = proxy.asked.length;
  const around = { https_proxy: proxy.url, no_proxy: HOST };
  const { code, stderr } = await testNotify(place, around);
  assert.equal(code, 2);
  assert.match(stderr, /Cannot notify "ntfy" \(ntfy\): its name cannot be resolved/);
  assert.equal(proxy.asked.length, asked);
  assert.doesNotMatch(stderr, /geheimes-topic/);
});

Deno.test("test-notify believes a private authority only when ca_file names it", async () => {
  await using certificates = await Certificates.make();
  await using service = new Service(() => json({ id: "abc" }), certificates.of("good"));
  const url = `https://localhost:${service.port}/geheimes-topic`;
  await using place = await Place.quick(ntfy(0, { url }));
  const { stderr } = await place.expect(2, "test-notify");
  assert.match(
    stderr,
    /^error: .*: its certificate is from an authority that is not trusted\nhint: Check ca_file of/,
  );
  await place.configure(ntfy(0, { url, ca_file: certificates.authority }));
  await place.expect(0, "test-notify");
  assert.equal(service.heard.length, 2);
  await place.configure(ntfy(0, { url, ca_file: "absent.pem" }));
  const missing = await place.expect(2, "test-notify");
  assert.match(
    missing.stderr,
    /Cannot use ca_file ".*absent\.pem" for "ntfy": .*\nhint: ca_file is/,
  );
  await place.write("text.pem", "no certificate\n");
  await place.configure(ntfy(0, { url, ca_file: "text.pem" }));
  const wrong = await place.expect(2, "test-notify");
  assert.match(
    wrong.stderr,
    /Cannot use ca_file ".*text\.pem" for "ntfy": it contains no certificate/,
  );
});

Deno.test("test-notify refuses a certificate for another name, one that expired and one of nobody", async () => {
  await using certificates = await Certificates.make();
  for (
    const [name, says] of [
      ["other-name", /: its certificate is for another name\n/],
      ["expired", /: its certificate has expired\n/],
      ["self-signed", /: its certificate is from an authority that is not trusted\n/],
    ] as const
  ) {
    await using service = new Service(() => json({ id: "abc" }), certificates.of(name));
    const url = `https://localhost:${service.port}/x`;
    await using place = await Place.quick(ntfy(0, { url, ca_file: certificates.authority }));
    const { stderr } = await place.expect(2, "test-notify");
    assert.match(stderr, says);
    assert.equal(service.heard.length, 0, name);
  }
});
