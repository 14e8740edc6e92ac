/** One reading of the coordinator's counters. */
export interface Reading {
  /** Milliseconds on this process's clock. */
  at: number;
  verdicts: number;
  submissions: number;
  commits: number;
  /** Milliseconds spent since the start, by step. */
  steps: Record<string, number>;
}

/** Reads the coordinator's own counters. */
export async function readMetrics(coordinatorUrl: string): Promise<Reading> {
  const text = await metricsText(coordinatorUrl);
  const at = performance.now();
  const value = (name: string) => metric(text, `manyhands_${name}_total`);
  const steps: Record<string, number> = {};
  for (const [, step, seconds] of text.matchAll(
    /^manyhands_work_seconds_total\{step="(\w+)"\} (\S+)$/gm,
  ))
    steps[step] = Number(seconds) * 1000;
  return {
    at,
    verdicts: value('verdicts'),
    submissions: value('submissions'),
    commits: value('commits'),
    steps,
  };
}

/** Memory of the coordinator's process that is in RAM, in bytes. */
export async function residentBytes(coordinatorUrl: string): Promise<number> {
  return metric(await metricsText(coordinatorUrl), 'process_resident_memory_bytes');
}

async function metricsText(coordinatorUrl: string): Promise<string> {
  const response = await fetch(`${coordinatorUrl}/metrics`);
  const text = await response.text();
  if (!response.ok) throw new Error(`/metrics: ${response.status} ${text}`);
  return text;
}

function metric(text: string, name: string): number {
  const match = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
  if (!match) throw new Error(`/metrics has no ${name}`);
  return Number(match[1]);
}
