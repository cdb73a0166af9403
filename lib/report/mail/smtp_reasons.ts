/** What can go wrong between this machine and a mail server, in words. Pure. @module */
import type { Mail } from "../../config/config_schema.ts";
import type { FailureKind, Stage } from "./mail_error.ts";

/** What went wrong. */
export interface Diagnosis {
  readonly kind: FailureKind;
  readonly says: string;
  readonly hint: string;
  readonly permanent?: boolean;
}

const SEE_SERVER = "Check mail.server and mail.port, and whether a firewall blocks the connection";

/** By the code of the system: what keeps a connection from being made. */
export const NETWORK: Readonly<Record<string, Pick<Diagnosis, "says" | "hint">>> = {
  ECONNREFUSED: {
    says: "the connection was refused",
    hint: "No mail server listens there: check mail.server and mail.port",
  },
  ENOTFOUND: {
    says: "the name of the server cannot be resolved",
    hint: "Check mail.server, and whether this machine can resolve names",
  },
  EAI_AGAIN: {
    says: "the name of the server cannot be resolved at the moment",
    hint: "Check whether this machine can resolve names",
  },
  EHOSTUNREACH: { says: "there is no route to the server", hint: SEE_SERVER },
  ENETUNREACH: { says: "there is no route to the server", hint: SEE_SERVER },
};

const UNKNOWN_AUTHORITY = {
  says: "its certificate comes from an unknown authority",
  hint: "If the server uses a private certificate authority, set mail.ca_file to its certificate",
};

/** By OpenSSL's code: what is wrong with a certificate. */
export const CERTIFICATE: Readonly<Record<string, Pick<Diagnosis, "says" | "hint">>> = {
  CERT_HAS_EXPIRED: {
    says: "its certificate has expired",
    hint: "Renew the certificate of the mail server; also check the clock of this machine",
  },
  CERT_NOT_YET_VALID: {
    says: "its certificate is not valid yet",
    hint: "Check the clock of this machine",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    says: "its certificate is self-signed",
    hint: "If that is the right certificate, set mail.ca_file to it",
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: "its certificate is for another name",
    hint: "Set mail.server to a name that is in the certificate",
  },
};

/** An unencrypted server, asked for TLS. */
export const NOT_TLS: Diagnosis = {
  kind: "encryption",
  says: "the server does not start with TLS",
  hint: 'Check mail.port and mail.security: port 465 usually needs "tls", port 587 "starttls"',
  permanent: true,
};

/** Another kind of server. */
export const NOT_SMTP: Diagnosis = {
  kind: "refused",
  says: "it does not answer like a mail server",
  hint: "Check mail.server and mail.port",
};

/** The server hangs. */
export function timeout(mail: Mail, stage: Stage): Diagnosis {
  const says = {
    connect: "the connection timed out",
    greeting: "the server did not answer in time",
    login: "the server did not answer in time during the login",
    envelope: "the server did not answer in time",
    data: "the server did not accept the mail in time",
  }[stage];
  const other = mail.security === "tls"
    ? "A server that starts without TLS may not answer here: check mail.port and mail.security " +
      '("starttls")'
    : "A server that expects TLS from the start does not answer here: check mail.port and " +
      'mail.security ("tls")';
  const hint = stage === "greeting" ? other : SEE_SERVER;
  return { kind: "timeout", says, hint };
}

/** STARTTLS is wanted and not offered. */
export function noStarttls(answer: string): Diagnosis {
  return {
    kind: "no-starttls",
    says: `the server does not offer STARTTLS; it answered ${answer}`,
    hint:
      'Nothing was sent unencrypted. Check mail.port and mail.security ("tls", "starttls", "none")',
    permanent: true,
  };
}

/** TLS could not be agreed on. */
export function noTls(original: string): Diagnosis {
  const isTold = /^[A-Z_]+$/.test(original) && !["ETLS", "UNKNOWN"].includes(original);
  return {
    kind: "encryption",
    says: `no encrypted connection could be made${isTold ? ` (${original})` : ""}`,
    hint: "Check mail.port, mail.security and mail.ca_file; the server must support TLS 1.2 or " +
      "newer and have a valid certificate",
  };
}

/** The login failed. */
export function login(answer: string, mail: Mail): Diagnosis {
  const hint = mail.security === "none"
    ? 'Check mail.username and mail.password; many servers require mail.security = "starttls" ' +
      "for a login"
    : "Check mail.username and mail.password";
  const said = answer === "" ? "" : `; it answered ${answer}`;
  return { kind: "login", says: `the login failed${said}`, hint };
}

/** The mail is larger than the server allows. */
export function tooLarge(answer: string): Diagnosis {
  const said = answer === "" ? "" : `; it answered ${answer}`;
  return {
    kind: "too-large",
    says: `the mail is too large for the server${said}`,
    hint: 'Raise the limit of the server, or log less: logs.level = "warning"',
    permanent: true,
  };
}

/** Nobody gets the mail. */
export function recipients(answer: string): Diagnosis {
  return {
    kind: "recipients",
    says: `no recipient was accepted; it answered ${answer}`,
    hint: "Check mail.recipients; some servers require a login first",
  };
}

/** Nobody may send under this address. */
export function sender(answer: string): Diagnosis {
  return {
    kind: "refused",
    says: `the sender was refused; it answered ${answer}`,
    hint: "Check mail.from_address; some servers require a login first",
  };
}

/** The server says no. */
export function refused(answer: string, stage: Stage): Diagnosis {
  const says = stage === "greeting" ? "the server refuses the connection" : "the mail was refused";
  return {
    kind: "refused",
    says: `${says}; it answered ${answer}`,
    hint: "Ask the administrator of the mail server: its answer says why",
  };
}

/** The connection ended before its time. */
export function brokenOff(stage: Stage, original: string): Diagnosis {
  const code = /^E[A-Z_]+$/.test(original) && original !== "ECONNECTION" ? ` (${original})` : "";
  const when = {
    connect: "while connecting",
    greeting: "during the greeting",
    login: "during the login",
    envelope: "before the mail was sent",
    data: "while the mail was being sent",
  }[stage];
  return {
    kind: "broken-off",
    says: `the connection was lost ${when}${code}`,
    hint: "Another attempt may succeed; if none does, ask the administrator of the mail server",
  };
}
