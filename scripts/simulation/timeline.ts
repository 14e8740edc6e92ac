interface Entry {
  at: number;
  /** Breaks ties: what was planned first happens first. */
  order: number;
  action: () => void;
}

/** Virtual time: actions happen in the order of their times, however long they take to compute. */
export class Timeline {
  now: number;
  #planned = 0;
  readonly #heap: Entry[] = [];

  /** @param start milliseconds since 1970 */
  constructor(start: number) {
    this.now = start;
  }

  /** Plans an action, at the earliest now. */
  at(time: number, action: () => void): void {
    const entry = { at: Math.max(time, this.now), order: this.#planned++, action };
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!comesBefore(entry, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = entry;
  }

  /** Plans an action so many milliseconds from now. */
  after(milliseconds: number, action: () => void): void {
    this.at(this.now + milliseconds, action);
  }

  /** Lets everything happen that is planned up to this time; false when there was nothing. */
  step(end: number): boolean {
    const next = this.#heap[0];
    if (!next || next.at > end) return false;
    this.#removeFirst();
    this.now = next.at;
    next.action();
    return true;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1], heap[child])) child++;
      if (!comesBefore(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
  }
}

function comesBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
