/**
 * Real mail servers for the tests, on loopback.
 *
 * @module
 */
// @ts-types="npm:@types/mailparser@3"
import { type ParsedMail, simpleParser } from "mailparser";
import { Buffer } from "node:buffer";
import { createServer } from "node:net";
// @ts-types="npm:@types/smtp-server@3"
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail that came in. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** Who had logged in. */
  readonly user: string | undefined;
  readonly encrypted: boolean;
  readonly raw: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly mail: ParsedMail;
}

/** How a server behaves. */
export interface Behaviour {
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** TLS from the start. */
  readonly tls?: boolean;
  readonly starttls?: boolean;
  /** The only login that it accepts; without it there is none. */
  readonly login?: { readonly username: string; readonly password: string };
  /** What it answers to a recipient instead of accepting it. */
  readonly refuse?: (recipient: string) => { readonly code: number; readonly text: string } | void;
  /** What it answers to a mail instead of accepting it. */
  readonly reject?: (size: number) => { readonly code: number; readonly text: string } | void;
  readonly largest?: number;
}

/** A mail server that does what it should, and refuses what it is told to. */
export class MailServer implements AsyncDisposable {
  /** What came in. */
  readonly received: Received[] = [];
  /** How many connections there were. */
  connections = 0;
  readonly #server: SMTPServer;

  private constructor(behaviour: Behaviour) {
    this.#server = new SMTPServer(this.#options(behaviour));
    // A client that does not like the certificate is no mistake of the server.
    this.#server.on("error", () => {});
  }

  /**
   * Starts a server.
   *
   * @param behaviour how it behaves
   */
  static async start(behaviour: Behaviour = {}): Promise<MailServer> {
    const server = new MailServer(behaviour);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Where it listens. */
  get port(): number {
    const address = this.#server.server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen");
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  #options(behaviour: Behaviour): SMTPServerOptions {
    const { certificate, login, starttls = certificate !== undefined, refuse, reject } = behaviour;
    const disabled = [...(starttls ? [] : ["STARTTLS"]), ...(login === undefined ? ["AUTH"] : [])];
    return {
      ...certificate,
      secure: behaviour.tls ?? false,
      disabledCommands: disabled,
      authOptional: login === undefined,
      closeTimeout: 200,
      ...(behaviour.largest === undefined ? {} : { size: behaviour.largest }),
      onConnect: (_, done) => {
        this.connections += 1;
        done();
      },
      onAuth: ({ username, password }, _, done) => {
        const isRight = username === login?.username && password === login?.password;
        // Some servers repeat what they were told.
        const echo = `535 5.7.8 no, not ${password} and ${btoa(`\0${username}\0${password}`)}`;
        if (isRight) done(null, { user: username });
        else done(Object.assign(new Error(echo.slice(4)), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _, done) => done(failure(refuse?.(address))),
      onData: (stream, session, done) => {
        const chunks: Uint8Array[] = [];
        stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        stream.on("end", async () => {
          const raw = Buffer.concat(chunks);
          const refused = failure(reject?.(raw.length));
          if (refused !== null) return done(refused);
          const { mailFrom, rcptTo } = session.envelope;
          const mail = await simpleParser(raw);
          this.received.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            user: session.user,
            encrypted: session.secure,
            raw: raw.toString(),
            subject: mail.subject ?? "",
            text: mail.text ?? "",
            html: typeof mail.html === "string" ? mail.html : "",
            mail,
          });
          done(null, "2.0.0 Ok: queued");
        });
      },
    };
  }
}

function failure(answer: { readonly code: number; readonly text: string } | void): Error | null {
  if (answer === undefined) return null;
  return Object.assign(new Error(answer.text), { responseCode: answer.code });
}

/** What an odd server does. */
export type Oddity =
  | "silent"
  | "closes at once"
  | "busy"
  | "speaks HTTP"
  | "silent after DATA"
  | "trickles"
  | "breaks off in DATA";

/** A server that does what no server should. */
export class OddServer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #open = new Map<Deno.TcpConn, Promise<void>>();
  readonly #oddity: Oddity;

  /** @param oddity what it does */
  constructor(oddity: Oddity) {
    this.#oddity = oddity;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accept();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open.keys()) close(connection);
    await Promise.all(this.#open.values());
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#open.set(connection, this.#talk(connection).catch(() => {}));
    }
  }

  async #talk(connection: Deno.TcpConn): Promise<void> {
    const say = (text: string) => connection.write(new TextEncoder().encode(`${text}\r\n`));
    switch (this.#oddity) {
      case "silent":
        return;
      case "closes at once":
        return close(connection);
      case "busy":
        await say("421 4.3.2 too many connections");
        return close(connection);
      case "speaks HTTP":
        await say("HTTP/1.1 400 Bad Request\r\n");
        return close(connection);
      case "trickles":
        await connection.write(new TextEncoder().encode("220-wait\r\n"));
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          await connection.write(new TextEncoder().encode("220-wait\r\n"));
        }
    }
    await say("220 odd.example.org");
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return;
      const line = new TextDecoder().decode(buffer.subarray(0, count));
      if (line.startsWith("EHLO")) await say("250 odd.example.org");
      else if (line.startsWith("DATA")) {
        await say("354 go on");
        await connection.read(buffer);
        if (this.#oddity === "breaks off in DATA") return close(connection);
        return;
      } else await say("250 Ok");
    }
  }
}

/** A server that takes each mail, and resets the connection instead of saying goodbye. */
export class ResettingServer implements AsyncDisposable {
  /** How many mails it took. */
  taken = 0;
  /** Everything that it was told. */
  heard = "";
  readonly #server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write("220 odd.example.org\r\n");
    let isMail = false;
    socket.on("data", (bytes) => {
      const text = bytes.toString();
      this.heard += text;
      if (isMail && !text.endsWith("\r\n.\r\n")) return;
      if (isMail) this.taken += 1;
      isMail = text.startsWith("DATA");
      if (text.startsWith("QUIT")) socket.resetAndDestroy();
      else socket.write(isMail ? "354 go on\r\n" : "250 2.0.0 Ok\r\n");
    });
  });

  /** Starts a server. */
  static async start(): Promise<ResettingServer> {
    const server = new ResettingServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Where it listens. */
  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen");
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // The other side was faster.
  }
}
