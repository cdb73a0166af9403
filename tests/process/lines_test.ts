import assert from "node:assert/strict";
import fc from "fast-check";
import { LONGEST_LINE, readInPieces, readLines } from "../../lib/process/lines.ts";

/** Bytes as a program's pipe hands them over: cut at these places. */
async function* cutAt(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const place of places.map((n) => n % (bytes.length + 1)).toSorted((a, b) => a - b)) {
    yield bytes.slice(start, place);
    start = place;
  }
  yield await Promise.resolve(bytes.slice(start));
}

async function linesOf(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  await readLines(chunks, (line) => lines.push(line));
  return lines;
}

/** What the lines of a text are; a last line needs no line break. */
function expected(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

const TEXT = fc.string({ unit: fc.oneof(fc.constantFrom("\n", "ä", "€", "🎉"), fc.string()) });

Deno.test("readLines() gives the same lines wherever the chunks are cut", async () => {
  await fc.assert(fc.asyncProperty(TEXT, fc.array(fc.nat()), async (text, places) => {
    const bytes = new TextEncoder().encode(text);
    assert.deepEqual(await linesOf(cutAt(bytes, places)), expected(text));
  }));
});

Deno.test("readLines() cuts any bytes without throwing and loses none of their ASCII", async () => {
  const any = fc.uint8Array({ max: 255 });
  await fc.assert(fc.asyncProperty(any, fc.array(fc.nat()), async (bytes, places) => {
    const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, "");
    const whole = ascii(new TextDecoder().decode(bytes));
    assert.equal(ascii((await linesOf(cutAt(bytes, places))).join("")), whole);
  }));
});

Deno.test("readLines() shows bytes that are not UTF-8 as U+FFFD", async () => {
  const bytes = new Uint8Array([0x61, 0xff, 0x0a, 0xc3]);
  assert.deepEqual(await linesOf(cutAt(bytes, [])), ["a\ufffd", "\ufffd"]);
});

Deno.test("readLines() keeps a byte order mark, as it keeps everything", async () => {
  const bytes = new TextEncoder().encode("\ufeffa\n\ufeffb");
  assert.deepEqual(await linesOf(cutAt(bytes, [1])), ["\ufeffa", "\ufeffb"]);
});

Deno.test("readLines() cuts a very long line, once, so that memory stays bounded", async () => {
  const chunk = new TextEncoder().encode("x".repeat(65_536));
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 40; n++) yield await Promise.resolve(chunk);
    yield new TextEncoder().encode("\nend\n");
  }
  const lines = await linesOf(endless());
  assert.deepEqual(lines.map((line) => line.length), [LONGEST_LINE, "end".length]);
});

Deno.test("readInPieces() gives all bytes of a stream in their order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1 })), async (chunks) => {
      const source = new ReadableStream({
        type: "bytes",
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk.slice());
          controller.close();
        },
      });
      const seen: number[] = [];
      for await (const piece of readInPieces(source)) seen.push(...piece);
      assert.deepEqual(seen, chunks.flatMap((chunk) => [...chunk]));
    }),
    { numRuns: 20 },
  );
});

Deno.test("readInPieces() closes the stream when its reader gives up", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const source = new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel: () => resolve(),
  });
  for await (const _ of readInPieces(source)) break;
  await closed;
});
