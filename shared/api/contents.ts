import { fromBase64, fromUtf8, fromUtf8Strict, toBase64, utf8 } from '../bytes.ts';
import type { BlobContent, Content, ResultRow } from './schemas.ts';

/** Bytes as the API gives them within a row. */
export function toContent(bytes: Uint8Array): Content {
  const text = fromUtf8Strict(bytes);
  return text === null ? { base64: toBase64(bytes) } : { text };
}

/** Whether a content only refers to its bytes. */
export function isBlob(content: Content): content is BlobContent {
  return 'blob' in content;
}

/** The bytes of a content that has them in it; null where it only refers to them. */
export function inlineBytes(content: Content): Uint8Array<ArrayBuffer> | null {
  if ('text' in content) return utf8(content.text);
  return 'base64' in content ? fromBase64(content.base64) : null;
}

/** Length of a content in bytes, of text in UTF-8. */
export function contentLength(content: Content): number {
  return isBlob(content) ? content.bytes : (inlineBytes(content)?.length ?? 0);
}

/** What a row refers to, in the order of its fields. */
export function blobsOf({ stdout, stderr, valueContent, files }: ResultRow): BlobContent[] {
  const contents = [stdout, stderr, valueContent, ...(files ?? []).map(({ content }) => content)];
  return contents.filter((content) => content !== undefined).filter(isBlob);
}

/**
 * The row with bytes in place of its references. Those that `bytesOf` does not know stay as they
 * are, and so does a value that is not JSON.
 */
export function withContents(
  row: ResultRow,
  bytesOf: (blob: string) => Uint8Array | undefined,
): ResultRow {
  const whole = { ...row };
  const fill = (content: Content): Content => {
    const bytes = isBlob(content) ? bytesOf(content.blob) : undefined;
    return bytes ? toContent(bytes) : content;
  };
  if (row.stdout) whole.stdout = fill(row.stdout);
  if (row.stderr) whole.stderr = fill(row.stderr);
  if (row.files)
    whole.files = row.files.map(({ path, content }) => ({ path, content: fill(content) }));
  const value = row.valueContent && bytesOf(row.valueContent.blob);
  if (value && setValue(whole, fromUtf8(value))) delete whole.valueContent;
  return whole;
}

function setValue(row: ResultRow, json: string): boolean {
  try {
    row.value = JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
