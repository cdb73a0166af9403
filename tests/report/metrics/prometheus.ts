/**
 * A real Prometheus on loopback, and a node_exporter that the test plays: it serves what lies in a
 * directory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { eventually, ROOT, Running, which } from "../../e2e/program.ts";

/** The program; `undefined` when it is not installed. */
export const PROMETHEUS: string | undefined = which("prometheus");

/** How long something is waited for, in milliseconds; it comes within seconds. */
const TIMEOUT = 60_000;

/** An alert that fires. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the node_exporter says besides the text files. */
export interface Node {
  /** Whether it answers. */
  up: boolean;
  /** Whether it can't read a text file. */
  scrapeError: boolean;
  /** When the machine started. */
  bootedAt: Date;
}

/** A Prometheus with the alert rules of contrib/, in which every minute and hour is a moment. */
export class Prometheus implements AsyncDisposable {
  /** What the node_exporter says. */
  readonly node: Node = { up: true, scrapeError: false, bootedAt: new Date(0) };
  readonly #directory = Deno.makeTempDirSync({ prefix: "autoborg-prometheus-" });
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #running: Running;
  #url = "";

  private constructor(program: string, textfiles: string) {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, () => {
      if (!this.node.up) return new Response("down", { status: 503 });
      return new Response(this.#metrics(textfiles));
    });
    Deno.writeTextFileSync(this.#at("autoborg.rules.yml"), fastRules());
    Deno.writeTextFileSync(
      this.#at("prometheus.yml"),
      `global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 100ms }
rule_files: [autoborg.rules.yml]
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ["127.0.0.1:${this.#server.addr.port}"] }]
    relabel_configs: [{ target_label: instance, replacement: host }]
`,
    );
    this.#running = new Running([
      program,
      `--config.file=${this.#at("prometheus.yml")}`,
      `--storage.tsdb.path=${this.#at("data")}`,
      "--web.listen-address=127.0.0.1:0",
    ], { env: {}, cwd: this.#directory });
  }

  /**
   * Starts it.
   *
   * @param program the program
   * @param textfiles the directory whose metrics the node_exporter serves
   */
  static async start(program: string, textfiles: string): Promise<Prometheus> {
    const started = new Prometheus(program, textfiles);
    try {
      const said = await started.#running.prints(/msg="Listening on" address=\S+/);
      await started.#running.prints(/Server is ready to receive web requests/);
      started.#url = `http://${said.slice(said.lastIndexOf("=") + 1)}`;
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Waits until exactly these alerts fire, in the order of their names. */
  async fires(...names: readonly string[]): Promise<readonly Alert[]> {
    let alerts: readonly Alert[] = [];
    const given = () => alerts.map(({ labels }) => labels.alertname).toSorted();
    await eventually(async () => {
      alerts = await this.#firing();
      return given().join() === names.join();
    }, TIMEOUT);
    assert.deepEqual(given(), names);
    return alerts;
  }

  /** Waits until a query has a result. */
  async finds(query: string): Promise<void> {
    const found = await eventually(async () => {
      const { result } = await this.#ask(`query?query=${encodeURIComponent(query)}`);
      return Array.isArray(result) && result.length > 0;
    }, TIMEOUT);
    assert.ok(found, query);
  }

  /** Waits until all rules were evaluated a few times. */
  async settles(): Promise<void> {
    await this.finds("count_over_time(autoborg:last_seen:timestamp_seconds[1m]) > 5");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.kill("SIGTERM");
    await this.#running.end();
    await this.#server.shutdown();
    Deno.removeSync(this.#directory, { recursive: true });
  }

  #at(name: string): string {
    return `${this.#directory}/${name}`;
  }

  async #firing(): Promise<readonly Alert[]> {
    const { alerts } = await this.#ask("alerts");
    assert.ok(Array.isArray(alerts));
    return alerts.filter(({ state }) => state === "firing");
  }

  async #ask(question: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#url}/api/v1/${question}`);
    const { status, data } = await response.json();
    assert.equal(status, "success");
    return data;
  }

  #metrics(textfiles: string): string {
    const { scrapeError, bootedAt } = this.node;
    const files = scrapeError ? [] : [...Deno.readDirSync(textfiles)]
      .filter(({ name }) => name.endsWith(".prom"))
      .map(({ name }) => Deno.readTextFileSync(`${textfiles}/${name}`));
    return [
      ...files,
      `node_textfile_scrape_error ${Number(scrapeError)}\n`,
      `node_boot_time_seconds ${bootedAt.getTime() / 1_000}\n`,
    ].join("");
  }
}

/** The rules with short times; that they fire at the right hour is what promtool tests. */
function fastRules(): string {
  const rules = Deno.readTextFileSync(`${ROOT}contrib/prometheus/autoborg.rules.yml`);
  const fast = rules.replaceAll(/for: \d+[mhd]$/gm, "for: 100ms").replaceAll("> 3600", "> 1");
  assert.notEqual(fast, rules);
  return fast;
}
