/** Bytes since the start. `toCoordinator`: outputs that were deposited. */
export interface Totals {
  fromPeers: number;
  toPeers: number;
  fromCoordinator: number;
  toCoordinator: number;
}

/** What one day has cost so far; kept over reloads, or a cap would end with its tab. */
export interface Day {
  /** The contributor's own: `2026-11-20`. */
  date: string;
  bytes: number;
}

/** Where the day's count is kept. */
export interface DayStorage {
  loadDay(): Promise<Day | null>;
  saveDay(day: Day): Promise<void>;
}

/** Counts bytes of blobs, in all and against the day's cap. Control frames are not counted. */
export class TrafficCount {
  readonly totals: Totals = { fromPeers: 0, toPeers: 0, fromCoordinator: 0, toCoordinator: 0 };
  readonly #today: () => string;
  readonly #onCap: () => void;
  #reported: Totals = { ...this.totals };
  #day: Day;
  #capBytes: number | null = null;

  /**
   * @param today the local date as text, other on each day
   * @param onCap called when the cap has just been reached
   */
  constructor(today: () => string, onCap: () => void) {
    this.#today = today;
    this.#onCap = onCap;
    this.#day = { date: today(), bytes: 0 };
  }

  add(kind: keyof Totals, bytes: number): void {
    this.totals[kind] += bytes;
    const before = this.atCap;
    this.#day.bytes += bytes;
    if (!before && this.atCap) this.#onCap();
  }

  /** Takes in what was counted before this start. */
  restore(day: Day): void {
    this.#turnDay();
    if (day.date === this.#day.date) this.#day.bytes += day.bytes;
  }

  setCap(capBytes: number | null): void {
    this.#capBytes = capBytes;
  }

  get capBytes(): number | null {
    return this.#capBytes;
  }

  /** Whether nothing more may move today. */
  get atCap(): boolean {
    this.#turnDay();
    return this.#capBytes !== null && this.#day.bytes >= this.#capBytes;
  }

  day(): Day {
    this.#turnDay();
    return { ...this.#day };
  }

  /** Bytes since the last call, for the coordinator's statistics; null where there were none. */
  sinceReport(): Omit<Totals, 'toCoordinator'> | null {
    const { totals } = this;
    const fromPeers = totals.fromPeers - this.#reported.fromPeers;
    const toPeers = totals.toPeers - this.#reported.toPeers;
    const fromCoordinator = totals.fromCoordinator - this.#reported.fromCoordinator;
    if (fromPeers + toPeers + fromCoordinator === 0) return null;
    this.#reported = { ...totals };
    return { fromPeers, toPeers, fromCoordinator };
  }

  #turnDay(): void {
    const date = this.#today();
    if (date !== this.#day.date) this.#day = { date, bytes: 0 };
  }
}

/** A date of this device as text. */
export function localDate(date: Date): string {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** Whether a storage gave back what was saved there. */
export function isDay(value: unknown): value is Day {
  if (typeof value !== 'object' || value === null) return false;
  const { date, bytes } = value as Partial<Day>;
  return typeof date === 'string' && Number.isSafeInteger(bytes);
}

/** Where nothing is kept between visits. */
export const NO_DAY_STORAGE: DayStorage = {
  loadDay: async () => null,
  saveDay: async () => {},
};
