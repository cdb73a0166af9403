/**
 * Whoever answers the questions of the command line in tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Prompts } from "../../lib/cli/prompts.ts";

/** Somebody who gives these answers, in this order; each is checked as the terminal does. */
export class Person implements Prompts {
  readonly asked: string[] = [];
  readonly #answers: (string | boolean | readonly string[])[];

  constructor(...answers: readonly (string | boolean | readonly string[])[]) {
    this.#answers = [...answers];
  }

  async text(message: string, check: Parameters<Prompts["text"]>[1], shown = ""): Promise<string> {
    for (;;) {
      const answer = this.#next(message);
      assert.ok(typeof answer === "string", message);
      const text = answer === "" ? shown : answer;
      const refused = await check(text);
      if (refused === undefined) return text;
      this.asked.push(refused);
    }
  }

  secret(message: string, check: Parameters<Prompts["secret"]>[1]): Promise<string> {
    return this.text(message, check);
  }

  choose(message: string): Promise<readonly string[]> {
    const answer = this.#next(message);
    assert.ok(typeof answer === "object", message);
    return Promise.resolve(answer);
  }

  confirm(message: string): Promise<boolean> {
    const answer = this.#next(message);
    assert.ok(typeof answer === "boolean", message);
    return Promise.resolve(answer);
  }

  #next(message: string): string | boolean | readonly string[] {
    this.asked.push(message);
    const answer = this.#answers.shift();
    assert.ok(answer !== undefined, `nobody expected: ${message}`);
    return answer;
  }
}
