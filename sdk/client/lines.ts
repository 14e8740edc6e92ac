/** The lines of a streamed UTF-8 body, without their ends; a last line without an end counts. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = parts.pop() as string;
    yield* parts;
  }
  rest += decoder.decode();
  if (rest) yield rest;
}
