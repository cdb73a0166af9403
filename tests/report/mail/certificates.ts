/**
 * Certificates for mail servers of the tests, made on the spot with openssl.
 *
 * @module
 */
import { join } from "node:path";

/** Keys of this kind are made in no time. */
const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] as const;

/** Which certificate a server has. */
export type CertificateName = "good" | "other-name" | "expired" | "self-signed";

/** A certificate authority with the certificates that it has given, good ones and others. */
export class Certificates implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes them in a directory of their own. */
  static async make(): Promise<Certificates> {
    const made = new Certificates(await Deno.makeTempDir({ prefix: "autoborg-certificates-" }));
    await made.#root("authority", "Test authority");
    await Promise.all([
      made.#signed("good", "DNS:localhost,IP:127.0.0.1", "30"),
      made.#signed("other-name", "DNS:other.example.org", "30"),
      made.#signed("expired", "DNS:localhost,IP:127.0.0.1", "-1"),
      made.#root("self-signed", "localhost"),
    ]);
    return made;
  }

  /** The authority's certificate, for `mail.caFile`. */
  get authority(): string {
    return join(this.#directory, "authority.pem");
  }

  /** A server's certificate with its key. */
  of(name: CertificateName): { readonly cert: string; readonly key: string } {
    const read = (suffix: string) => Deno.readTextFileSync(join(this.#directory, name + suffix));
    return { cert: read(".pem"), key: read(".key") };
  }

  /** Where a server's certificate is. */
  path(name: CertificateName): string {
    return join(this.#directory, `${name}.pem`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #root(name: string, subject: string): Promise<void> {
    await this.#openssl(
      ...["req", "-x509", ...EC, "-nodes", "-days", "30"],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`, "-subj", `/CN=${subject}`],
      ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    );
  }

  async #signed(name: string, names: string, days: string): Promise<void> {
    await this.#openssl(
      ...["req", ...EC, "-nodes", "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    );
    await Deno.writeTextFile(join(this.#directory, `${name}.ext`), `subjectAltName=${names}\n`);
    await this.#openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "authority.pem", "-CAkey", "authority.key"],
      ...["-days", days, "-extfile", `${name}.ext`, "-out", `${name}.pem`],
      ...["-set_serial", String(crypto.getRandomValues(new Uint32Array(1))[0])],
    );
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    const command = new Deno.Command("openssl", { args: [...args], cwd: this.#directory });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}
