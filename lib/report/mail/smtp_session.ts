/**
 * A conversation with a mail server: connecting, encrypting, logging in, handing over a mail.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { Mail } from "../../config/config_schema.ts";
import type { Masker } from "../../text/secret.ts";
import { readAuthority } from "./ca_file.ts";
import { cleanAnswer, type Delivery } from "./delivery.ts";
import type { Stage } from "./mail_error.ts";
import type { Envelope } from "./message.ts";

/** How long to wait for a server, in milliseconds. */
export interface SmtpLimits {
  /** For the connection. */
  readonly connect: number;
  /** For the greeting, and for STARTTLS. */
  readonly greeting: number;
  /** For any other answer. */
  readonly silence: number;
  /** For everything together: a server that trickles must not hold a run. */
  readonly whole: number;
}

/** How a mail is handed over. */
export interface SmtpOptions {
  /** This machine's name, for the greeting. */
  readonly hostname: string;
  readonly mask: Masker;
  readonly limits: SmtpLimits;
  /** Ends it as if a limit were over. */
  readonly giveUp?: AbortSignal;
}

/** What a server showed of itself. */
export interface Greeting {
  /** Such as "TLSv1.3"; `undefined` when the connection was not encrypted. */
  readonly protocol: string | undefined;
  /** When its certificate ends, if that is known. */
  readonly certificateEnds: Date | undefined;
}

/** A connection to a mail server, from the first word to the farewell. */
export class Conversation {
  /** How far it came. */
  stage: Stage = "connect";
  readonly #mail: Mail;
  readonly #options: SmtpOptions;
  readonly #failed = Promise.withResolvers<never>();
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #socket: Socket | undefined;
  #connection: SMTPConnection | undefined;

  /**
   * @param mail which server, and how to log in
   * @param options how long to wait, and who greets
   */
  constructor(mail: Mail, options: SmtpOptions) {
    this.#mail = mail;
    this.#options = options;
    // It may come while nobody waits for it.
    this.#failed.promise.catch(() => {});
    this.#limit(options.limits.whole);
    const { giveUp } = options;
    giveUp?.addEventListener("abort", this.#onGiveUp, { once: true });
    if (giveUp?.aborted) this.#onGiveUp();
  }

  /**
   * Hands a mail over.
   *
   * @param envelope who sends it, and who gets it
   * @param bytes the mail
   * @param mask takes secrets out of what the server answers
   * @returns what the server said
   * @throws whatever a socket, the TLS or the mail library says
   */
  async hold(envelope: Envelope, bytes: Uint8Array, mask: Masker): Promise<Delivery> {
    const delivery = await this.#unlessItFails(this.#talk(envelope, bytes, mask));
    await this.#quit();
    return delivery;
  }

  /**
   * Connects, encrypts and logs in, and hands over nothing.
   *
   * @returns what the server showed of itself
   * @throws as {@linkcode hold} does
   */
  async greet(): Promise<Greeting> {
    const greeting = await this.#unlessItFails(this.#sayHello());
    await this.#quit();
    return greeting;
  }

  /** Ends it, whatever is still under way. */
  end(): void {
    this.#timers.forEach(clearTimeout);
    this.#options.giveUp?.removeEventListener("abort", this.#onGiveUp);
    this.#connection?.close();
    this.#socket?.destroy();
  }

  async #unlessItFails<Result>(work: Promise<Result>): Promise<Result> {
    return await Promise.race([work, this.#failed.promise]);
  }

  async #sayHello(): Promise<Greeting> {
    const connection = await this.#open();
    return {
      protocol: protocolOf(connection),
      certificateEnds: certificateEndOf(connection),
    };
  }

  async #open(): Promise<SMTPConnection> {
    const tls = await readAuthority(this.#mail);
    const socket = await this.#connect();
    this.stage = "greeting";
    const connection = await this.#greet(socket, tls);
    const { login } = this.#mail;
    if (login !== undefined) {
      this.stage = "login";
      const { username: user, password } = login;
      const credentials = { user, pass: password.reveal() };
      await settled((done) => connection.login({ user, credentials }, done));
    }
    return connection;
  }

  async #talk(envelope: Envelope, bytes: Uint8Array, mask: Masker): Promise<Delivery> {
    const connection = await this.#open();
    const protocol = protocolOf(connection);
    this.stage = "envelope";
    const info = await this.#send(connection, envelope, bytes);
    return {
      answer: cleanAnswer(info.response, mask),
      protocol,
      accepted: info.accepted,
      refused: (info.rejectedErrors ?? []).map((error) => ({
        recipient: error.recipient ?? "",
        answer: cleanAnswer(error.response ?? "", mask),
        permanent: (error.responseCode ?? 0) >= 500,
      })),
    };
  }

  /** The system resolves the name here, as for everything else on this machine. */
  async #connect(): Promise<Socket> {
    const { server: host, port } = this.#mail;
    const socket = connect({ host, port, autoSelectFamily: true });
    this.#socket = socket;
    const timer = this.#limit(this.#options.limits.connect);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    clearTimeout(timer);
    return socket;
  }

  async #greet(socket: Socket, tls: { readonly ca?: string }): Promise<SMTPConnection> {
    const { limits, hostname } = this.#options;
    const { server, port, security } = this.#mail;
    const connection = new SMTPConnection({
      host: server,
      port,
      connection: socket,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      // Servers want a full name or an address here.
      name: hostname.includes(".") ? hostname : "[127.0.0.1]",
      tls: { ...tls, minVersion: "TLSv1.2" },
      connectionTimeout: limits.greeting,
      greetingTimeout: limits.greeting,
      socketTimeout: limits.silence,
      socketCloseTimeout: 0,
    });
    this.#connection = connection;
    connection.on("error", (error: unknown) => this.#failed.reject(error));
    await settled((done) => connection.connect(done));
    return connection;
  }

  async #send(connection: SMTPConnection, envelope: Envelope, bytes: Uint8Array) {
    const body = new Readable({
      // Read only when the server has said that it wants the mail.
      read: () => {
        this.stage = "data";
        body.push(bytes);
        body.push(null);
      },
    });
    const whole = { from: envelope.from, to: [...envelope.to], size: bytes.length };
    return await new Promise<SMTPConnection.SentMessageInfo>((resolve, reject) => {
      connection.send(whole, body, (error, info) => {
        if (error !== null || info === undefined) reject(error);
        else resolve(info);
      });
    });
  }

  /**
   * The work is done, and nothing undoes it: a server that hangs up instead of saying goodbye would
   * get the same mail again.
   */
  async #quit(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const ended = Promise.withResolvers<void>();
    this.#timers.push(setTimeout(ended.resolve, 1_000));
    connection.once("end", ended.resolve);
    connection.once("error", () => ended.resolve());
    connection.quit();
    await ended.promise;
  }

  readonly #onGiveUp = () => this.#failed.reject(timedOut());

  #limit(milliseconds: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.#failed.reject(timedOut()), milliseconds);
    this.#timers.push(timer);
    return timer;
  }
}

function timedOut(): Error {
  return Object.assign(new Error("time out"), { code: "ETIMEDOUT" });
}

async function settled(
  start: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    start((error) => error === undefined || error === null ? resolve() : reject(error));
  });
}

function protocolOf(connection: SMTPConnection): string | undefined {
  const socket = connection._socket;
  if (!(socket instanceof TLSSocket)) return undefined;
  // Deno has not always known it.
  return "getProtocol" in socket ? socket.getProtocol() ?? "TLS" : "TLS";
}

function certificateEndOf(connection: SMTPConnection): Date | undefined {
  const socket = connection._socket;
  if (!(socket instanceof TLSSocket)) return undefined;
  // Such as "Nov 23 08:06:16 2027 GMT"; an empty object when Deno does not know it.
  const ends = new Date(socket.getPeerCertificate().valid_to);
  return Number.isNaN(ends.getTime()) ? undefined : ends;
}
