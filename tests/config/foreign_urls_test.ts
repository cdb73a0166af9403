import assert from "node:assert/strict";
import { parseRepositoryUrl } from "../../lib/config/repository_url.ts";

/** What people write who come from another program, and what they are told to write. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  "s3:s3.amazonaws.com/bucket": /a directory, or a server with SSH: Borg cannot use any other/,
  "s3://bucket/path": /a directory, or a server with SSH/,
  "b2:bucket:path": /a directory, or a server with SSH/,
  "rclone:remote:path": /a directory, or a server with SSH/,
  "rest:https://user:geheim@host:8000/": /a directory, or a server with SSH.*\*\*\*@host/,
  "https://host/repo": /a directory, or a server with SSH/,
  "sftp:user@host:/srv/repo": /"ssh:\/\/user@host:port\/path", because Borg itself must run/,
  "sftp://user@host/srv/repo": /because Borg itself must run on the server/,
  "ssh:user@host:/srv/repo": /^expected "ssh:\/\/user@host:port\/path", found/,
  "\\\\nas\\backup": /the directory where the share is mounted/,
  "smb://nas/backup": /the directory where the share is mounted/,
  "nfs://nas/backup": /the directory where the share is mounted/,
  "D:\\backup": /a path of this machine/,
  "ssh://borg@2001:db8::1/./repo": /the IPv6 address in brackets/,
  "ssh://borg@2001:db8:0:1:2:3:4:5:22/./repo": /the IPv6 address in brackets/,
  "borg@2001:db8::1:/srv/repo": /the IPv6 address in brackets/,
  "ssh://fe80::1%eth0/repo": /the IPv6 address in brackets/,
  "::1:/srv/repo": /the IPv6 address in brackets/,
  "borg@nas/./repo": /a colon between host and path/,
  "host:repo::archive": /the repository alone, without "::"/,
};

for (const [url, said] of Object.entries(FOREIGN)) {
  Deno.test(`parseRepositoryUrl() says what to write instead of ${url}`, () => {
    assert.throws(() => parseRepositoryUrl(url), (error: unknown) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, said);
      assert.doesNotMatch(error.message, /geheim/);
      return true;
    });
  });
}

Deno.test("parseRepositoryUrl() accepts addresses that only look like others", () => {
  for (
    const url of ["/s3/backup", "./user@host/x", "ssh://s3/backup", "nas:backup", "ssh://[::1]/x"]
  ) {
    assert.doesNotThrow(() => parseRepositoryUrl(url), url);
  }
});
