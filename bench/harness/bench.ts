/** What every benchmark can be told on the command line. */
export interface BenchOptions {
  /** Under a minute, with the same keys: for a first look, not for the record. */
  quick: boolean;
  /** The benchmark's own flags as they were written: `--store sqlite` is `store: 'sqlite'`. */
  flags: Readonly<Record<string, string>>;
}

/** Anything that JSON can hold. */
type Figure = string | number | boolean | null | Figure[] | { [key: string]: Figure };

/** What one run measured. */
export interface Report {
  /** The keys of the benchmark, and more where they help: printed with `--json`. */
  figures: Record<string, Figure>;
  /** Table for people; every cell with its unit. The first row is the heading. */
  table: string[][];
  /** Sentences under the table: what was compared with what. */
  notes?: string[];
}

/** One benchmark: `bench/NAME.ts` exports one as `bench`. */
export interface Bench {
  name: string;
  /** One line for `--help`. */
  summary: string;
  /** Its own flags with their meaning, for `--help`. */
  flags?: Readonly<Record<string, string>>;
  run(options: BenchOptions): Promise<Report>;
}
