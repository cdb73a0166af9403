/**
 * The certificate authority of a mail server that has one of its own.
 *
 * @module
 */
import type { Mail } from "../../config/config_schema.ts";
import { reasonOf } from "../../errors.ts";
import { readSmallText } from "../../files/small_file.ts";
import { MailError } from "./mail_error.ts";

/**
 * Reads `mail.ca_file`.
 *
 * @returns the certificates for a TLS connection; none when there is no such file configured
 * @throws {MailError} when the file can't be used
 */
export async function readAuthority(
  { caFile, security }: Mail,
): Promise<{ readonly ca?: string }> {
  if (caFile === undefined || security === "none") return {};
  try {
    const ca = await readSmallText(caFile);
    if (ca.includes("-----BEGIN CERTIFICATE-----")) return { ca };
  } catch (error) {
    throw unusable(caFile, reasonOf(error));
  }
  throw unusable(caFile, "it holds no certificate in the form of PEM");
}

function unusable(caFile: string, reason: string): MailError {
  return new MailError("local", `Cannot use the certificate file "${caFile}": ${reason}`, {
    hint: "See mail.ca_file",
    stage: "connect",
    permanent: true,
  });
}
