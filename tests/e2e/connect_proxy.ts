/**
 * A proxy on loopback that makes tunnels (RFC 9110, section 9.3.6).
 *
 * @module
 */

/** A proxy that takes CONNECT alone; all names are those of one server. */
export class ConnectProxy implements AsyncDisposable {
  /** The first lines of the requests. */
  readonly asked: string[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #done: Promise<void>;

  /** @param target the port of loopback to which every tunnel leads */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#done = this.#accept();
  }

  /** Its address, as the environment has it. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const tunnels: Promise<void>[] = [];
    for await (const client of this.#listener) {
      // Whoever talks to a proxy may go at any time.
      tunnels.push(this.#tunnel(client).catch(() => {}));
    }
    await Promise.all(tunnels);
  }

  async #tunnel(client: Deno.TcpConn): Promise<void> {
    using _client = client;
    const buffer = new Uint8Array(8_192);
    const count = await client.read(buffer);
    const [line = ""] = new TextDecoder().decode(buffer.subarray(0, count ?? 0)).split("\r\n");
    this.asked.push(line);
    const say = (text: string) => client.write(new TextEncoder().encode(`${text}\r\n\r\n`));
    if (!line.startsWith("CONNECT ")) return void await say("HTTP/1.1 405 Method Not Allowed");
    using server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    await say("HTTP/1.1 200 Connection established");
    const there = client.readable.pipeTo(server.writable, { preventClose: true });
    const back = server.readable.pipeTo(client.writable, { preventClose: true });
    await Promise.race([there, back].map((pipe) => pipe.catch(() => {})));
  }
}
