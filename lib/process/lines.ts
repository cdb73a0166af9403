/** How many characters one line may have before it is handed on in pieces. */
export const LONGEST_LINE = 1_048_576;

/**
 * Cuts a stream of bytes into lines, wherever the chunks are cut: inside a line or inside a
 * multi-byte character. Bytes that are not UTF-8 become U+FFFD, as a log has to show something.
 *
 * @param stream the output of a program
 * @param onLine is called with every line without its line break; the last one needs none
 */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let pending = 0;
  const take = (text: string) => {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      pieces.push(text.slice(start, end));
      onLine(pieces.length === 1 ? pieces[0] ?? "" : pieces.join(""));
      pieces = [];
      pending = 0;
      start = end + 1;
    }
    if (start === text.length) return;
    pieces.push(start === 0 ? text : text.slice(start));
    pending += text.length - start;
    if (pending < LONGEST_LINE) return;
    onLine(pieces.join(""));
    pieces = [];
    pending = 0;
  };
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  take(decoder.decode());
  if (pending > 0) onLine(pieces.join(""));
}
