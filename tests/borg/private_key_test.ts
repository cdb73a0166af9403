import assert from "node:assert/strict";
import { join } from "node:path";
import { formOfKey, lockedKey } from "../../lib/borg/private_key.ts";

function pem(kind: string, body: string): string {
  return `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;
}

/** OpenSSH's own form: the magic word, and the name of the cipher behind its length. */
function openSsh(cipher: string): string {
  const length = String.fromCharCode(cipher.length);
  const body = btoa(`openssh-key-v1\0\0\0\0${length}${cipher}\0\0\0\x04`);
  return pem("OPENSSH PRIVATE KEY", body.replace(/.{20}/g, "$&\n"));
}

Deno.test("formOfKey() tells whether a key has a passphrase, in every form that ssh reads", () => {
  const cases: readonly (readonly [text: string, form: ReturnType<typeof formOfKey>])[] = [
    [openSsh("none"), "without passphrase"],
    [openSsh("aes256-ctr"), "with passphrase"],
    [openSsh("chacha20-poly1305@openssh.com"), "with passphrase"],
    [pem("ENCRYPTED PRIVATE KEY", "MIIB"), "with passphrase"],
    [pem("PRIVATE KEY", "MIIB"), "without passphrase"],
    [pem("RSA PRIVATE KEY", "MIIB"), "without passphrase"],
    [
      pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIB"),
      "with passphrase",
    ],
    [openSsh("aes256-ctr").replaceAll("\n", "\r\n"), "with passphrase"],
    // ssh says what is wrong with these.
    [pem("OPENSSH PRIVATE KEY", "%%%"), "without passphrase"],
    [pem("OPENSSH PRIVATE KEY", "AAAA"), "without passphrase"],
    ["ssh-ed25519 AAAA me@host\n", "no private key"],
    ["", "no private key"],
  ];
  for (const [text, form] of cases) assert.equal(formOfKey(text), form, text);
});

Deno.test("lockedKey() names a key with a passphrase unless ssh has another one to try", () => {
  const home = Deno.makeTempDirSync({ prefix: "autoborg-home-" });
  try {
    Deno.mkdirSync(join(home, ".ssh"));
    const write = (name: string, cipher: string) => {
      const path = join(home, ".ssh", name);
      Deno.writeTextFileSync(path, openSsh(cipher));
      return path;
    };
    const backup = write("backup", "aes256-ctr");
    const none = { sshKey: undefined, sshOptions: [] };
    assert.equal(lockedKey({ ...none, sshKey: backup }), backup);
    assert.equal(lockedKey({ ...none, sshOptions: [`IdentityFile=${backup}`] }), backup);
    assert.equal(lockedKey({ ...none, sshKey: join(home, "missing") }), undefined);
    assert.equal(lockedKey(none, { HOME: home }), undefined);
    const rsa = write("id_rsa", "aes256-ctr");
    assert.equal(lockedKey(none, { HOME: home }), rsa);
    write("id_ed25519", "none");
    assert.equal(lockedKey(none, { HOME: home }), undefined);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
});
