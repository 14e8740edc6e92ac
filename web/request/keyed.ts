/** A key that no item of a list has yet. */
export function nextKey(items: readonly { key: number }[]): number {
  return Math.max(0, ...items.map(({ key }) => key)) + 1;
}
