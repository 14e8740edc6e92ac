/** A set from which a few are drawn without looking at all of them. */
export class Roster<T> {
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (this.#places.has(item)) return;
    this.#places.set(item, this.#items.length);
    this.#items.push(item);
  }

  delete(item: T): void {
    const place = this.#places.get(item);
    if (place === undefined) return;
    this.#places.delete(item);
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#items[place] = last;
    this.#places.set(last, place);
  }

  /** All of them where there are `count` at most, else about as many, drawn with `random` (0..1). */
  sample(count: number, random: () => number): Set<T> {
    if (this.#items.length <= count) return new Set(this.#items);
    const drawn = new Set<T>();
    for (let i = 0; i < count; i++)
      drawn.add(this.#items[Math.floor(random() * this.#items.length)]);
    return drawn;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values();
  }
}
