/** Hands mails to a server. To be loaded only to send: it brings the mail library. @module */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { checkServerIdentity } from "node:tls";
import { createTransport, type SMTPSentMessageInfo, type Transporter } from "nodemailer";
import { startDeadline } from "../../async/deadline.ts";
import type { Mail } from "../../config/config_schema.ts";
import { reasonOf } from "../../errors.ts";
import { readSmallText } from "../../files/small_file.ts";
import { createMasker, type Masker, Secret } from "../../text/secret.ts";
import { cleanAnswer, type Delivery } from "./delivery.ts";
import { MailError, type Stage } from "./mail_error.ts";
import { explainFailure } from "./smtp_failure.ts";

/** How long to wait for a server, in milliseconds. */
export interface SmtpLimits {
  readonly connect: number;
  /** For the greeting, and for STARTTLS. */
  readonly greeting: number;
  /** For any other answer. */
  readonly silence: number;
  /** For everything together: a server that trickles must not hold a run. */
  readonly whole: number;
}

/** How long to wait for a server. */
export const SMTP_LIMITS: SmtpLimits = {
  connect: 20_000,
  greeting: 20_000,
  silence: 30_000,
  whole: 60_000,
};

interface SmtpOptions {
  /** This machine's name, for the greeting. */
  readonly hostname: string;
  readonly mask: Masker;
  readonly limits: SmtpLimits;
  /** Ends it as if a limit were over. */
  readonly giveUp?: AbortSignal;
}

/**
 * Hands a mail to the server.
 *
 * @throws {MailError} when nobody gets the mail
 */
export async function deliver(
  bytes: Uint8Array,
  mail: Mail,
  options: SmtpOptions,
): Promise<Delivery> {
  const mask = maskOf(mail, options.mask);
  using session = new SmtpSession(mail, { ...options, mask });
  return await session.use(async (transport, signal) => {
    const addressed = (address: string) => ({ name: "", address });
    const info = await transport.sendMail({
      envelope: {
        from: addressed(mail.fromAddress),
        to: mail.recipients.map(addressed),
        size: bytes.length,
      },
      raw: Buffer.from(bytes),
      signal,
    });
    return {
      answer: cleanAnswer(info.response, mask),
      encrypted: mail.security !== "none",
      accepted: info.accepted,
      refused: (info.rejectedErrors ?? []).map((error) => ({
        recipient: error.recipient ?? "",
        answer: cleanAnswer(error.response ?? "", mask),
        permanent: (error.responseCode ?? 0) >= 500,
      })),
    };
  });
}

/**
 * Connects to the server, encrypts and logs in as it does to send a mail, and sends none.
 *
 * @returns when the server's certificate expires, if it showed one
 * @throws {MailError} when no mail could be sent
 */
export async function verifyServer(mail: Mail, options: SmtpOptions): Promise<Date | undefined> {
  const mask = maskOf(mail, options.mask);
  using session = new SmtpSession(mail, { ...options, mask });
  await session.use((transport) => transport.verify());
  return session.certificateEnds;
}

/** What the mail library logs tells how far it came: who said it, how it begins, what then begins. */
const STAGES: readonly (readonly [speaker: string, words: string, stage: Stage])[] = [
  ["client", "AUTH", "login"],
  ["client", "MAIL FROM", "envelope"],
  // The server wants the mail.
  ["server", "354", "data"],
];

/** One connection to a mail server, from its name to its end. */
class SmtpSession implements Disposable {
  certificateEnds: Date | undefined;
  readonly #mail: Mail;
  readonly #options: SmtpOptions;
  readonly #over = new AbortController();
  #stage: Stage = "connect";
  #socket: Socket | undefined;

  constructor(mail: Mail, options: SmtpOptions) {
    this.#mail = mail;
    this.#options = options;
  }

  async use<Result>(
    work: (transport: Transporter<SMTPSentMessageInfo>, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { limits, mask, giveUp } = this.#options;
    using _limit = startDeadline(limits.whole, () => this.#over.abort());
    const signals = [this.#over.signal, ...(giveUp === undefined ? [] : [giveUp])];
    const signal = AbortSignal.any(signals);
    const { promise: late, reject } = Promise.withResolvers<never>();
    // It may come before anything waits for it.
    late.catch(() => {});
    signal.addEventListener("abort", () => reject(timedOut()), { once: true });
    try {
      const done = this.#transport().then((transport) => {
        if (signal.aborted) throw timedOut();
        return work(transport, signal);
      });
      return await Promise.race([done, late]);
    } catch (error) {
      throw explainFailure(signal.aborted ? timedOut() : error, {
        mail: this.#mail,
        stage: this.#stage,
        mask,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
  }

  async #transport(): Promise<Transporter<SMTPSentMessageInfo>> {
    const { server, port, security, login } = this.#mail;
    const { limits, hostname } = this.#options;
    return createTransport({
      host: server,
      port,
      getSocket: (_, done) => this.#connect(done),
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      // Servers want a full name or an address here.
      name: hostname.includes(".") ? hostname : "[127.0.0.1]",
      ...(login === undefined ? {} : {
        auth: { user: login.username, pass: login.password.reveal() },
        // Also when the server does not say that it knows a login: it is that or nothing.
        forceAuth: true,
      }),
      tls: {
        ...await readAuthority(this.#mail),
        minVersion: "TLSv1.2",
        checkServerIdentity: (name, certificate) => {
          // Such as "Nov 23 08:06:16 2027 GMT".
          const ends = new Date(certificate.valid_to);
          if (!Number.isNaN(ends.getTime())) this.certificateEnds = ends;
          return checkServerIdentity(name, certificate);
        },
      },
      connectionTimeout: limits.connect + limits.greeting,
      greetingTimeout: limits.greeting,
      socketTimeout: limits.silence,
      socketCloseTimeout: 0,
      transactionLog: true,
      logger: {
        debug: ({ tnx }: { readonly tnx?: string }, text: string) => {
          const next = STAGES.find(([speaker, words]) => speaker === tnx && text.startsWith(words));
          if (next !== undefined) this.#stage = next[2];
        },
      },
    });
  }

  /** The system resolves the name here, as for everything else on this machine. */
  #connect(done: (error: Error | null, options?: { connection: Socket }) => void): void {
    const { server: host, port } = this.#mail;
    const socket = connect({ host, port, autoSelectFamily: true });
    this.#socket = socket;
    const deadline = startDeadline(this.#options.limits.connect, () => socket.destroy(timedOut()));
    socket.once("close", () => deadline[Symbol.dispose]());
    socket.once("error", done);
    socket.once("connect", () => {
      deadline[Symbol.dispose]();
      socket.off("error", done);
      this.#stage = "greeting";
      done(null, { connection: socket });
    });
  }
}

function timedOut(): Error {
  return Object.assign(new Error("time out"), { code: "ETIMEDOUT" });
}

/** A login goes over the wire in base64, and a server might repeat it. */
function maskOf({ login }: Mail, mask: Masker): Masker {
  if (login === undefined) return mask;
  const password = login.password.reveal();
  const forms = [password, `\0${login.username}\0${password}`].map((form) => {
    const bytes = new TextEncoder().encode(form);
    return new Secret(btoa(String.fromCharCode(...bytes)));
  });
  const maskForms = createMasker([login.password, ...forms]);
  return (text) => maskForms(mask(text));
}

/** Reads the certificates of `mail.ca_file`, if there is such a file. */
async function readAuthority({ caFile, security }: Mail): Promise<{ readonly ca?: string }> {
  if (caFile === undefined || security === "none") return {};
  try {
    const ca = await readSmallText(caFile);
    if (ca.includes("-----BEGIN CERTIFICATE-----")) return { ca };
  } catch (error) {
    throw unusable(caFile, reasonOf(error));
  }
  throw unusable(caFile, "it contains no certificate in PEM format");
}

function unusable(caFile: string, reason: string): MailError {
  return new MailError("local", `Cannot use the certificate file "${caFile}": ${reason}`, {
    hint: "Check mail.ca_file",
    stage: "connect",
    permanent: true,
  });
}
