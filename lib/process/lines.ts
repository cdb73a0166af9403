/** How many characters of one line are handed on. */
export const LONGEST_LINE = 1_048_576;

/**
 * Cuts a stream of bytes into lines, wherever the chunks are cut: inside a line or inside a
 * multi-byte character. Bytes that are not UTF-8 become U+FFFD, as a log has to show something.
 *
 * @param onLine is called with every line without its line break; the last one needs none. What is
 *   longer than {@linkcode LONGEST_LINE} ends there, in bounded memory
 */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let pieces: string[] = [];
  let pending = 0;
  const add = (piece: string) => {
    const room = LONGEST_LINE - pending;
    if (room > 0 && piece !== "") pieces.push(piece.length > room ? piece.slice(0, room) : piece);
    pending += piece.length;
  };
  const hand = () => {
    onLine(pieces.length === 1 ? pieces[0] ?? "" : pieces.join(""));
    pieces = [];
    pending = 0;
  };
  const take = (text: string) => {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      add(text.slice(start, end));
      hand();
      start = end + 1;
    }
    add(start === 0 ? text : text.slice(start));
  };
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  take(decoder.decode());
  if (pending > 0) hand();
}

/** Reads a stream as text, not cut into lines. */
export async function readText(
  stream: AsyncIterable<Uint8Array>,
  onText: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of stream) onText(decoder.decode(chunk, { stream: true }));
  onText(decoder.decode());
}

/** Reads a stream as it is. */
export async function readBytes(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  for await (const bytes of stream) await onBytes(bytes);
}

/** Bytes of one read; as many as a pipe of Linux holds. */
const CHUNK = 65_536;
/** A chunk with fewer bytes shows that the program writes its lines one by one. */
const SMALL = CHUNK / 4;
/** Two reads that are closer than this, in milliseconds, show that it writes many of them. */
const CLOSE = 5;
/** How long such lines are left to gather in the pipe, in milliseconds. */
const GATHERING = 100;

/**
 * Reads a stream in large pieces. Borg flushes every line that it prints, and one wake-up of ours a
 * line costs 50 microseconds: 21 s for 400,000 new files (measured), more than 10 times as much as
 * with pieces. Lines that come slowly are handed on at once.
 *
 * @param stream a byte stream, such as the output of a program
 * @yields pieces that are valid only until the next one is asked for
 */
export async function* readInPieces(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader({ mode: "byob" });
  try {
    let buffer = new ArrayBuffer(CHUNK);
    let last = -Infinity;
    while (true) {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (done || value === undefined) return;
      buffer = value.buffer;
      const small = value.byteLength < SMALL;
      yield value;
      const now = performance.now();
      if (small && now - last < CLOSE) {
        await new Promise((resolve) => setTimeout(resolve, GATHERING));
      }
      last = performance.now();
    }
  } finally {
    // A reader that gave up early closes the pipe, or the program would wait for it for ever.
    await reader.cancel();
    reader.releaseLock();
  }
}
