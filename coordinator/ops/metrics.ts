import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Dispatcher } from '../gateway/dispatcher.ts';
import { addDataMetrics, type DataParts } from './data-metrics.ts';

/** Seconds; results that are followed stay open for hours and fall into the last one. */
const REQUEST_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** What operators watch, in the format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram;

  constructor(dispatcher: Dispatcher, data: DataParts) {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'manyhands_http_request_seconds',
      help: 'Time until the head of an HTTP response, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS,
      registers: [this.#registry],
    });
    this.#addGauges(dispatcher);
    this.#addCounters(dispatcher);
    addDataMetrics(this.#registry, data);
  }

  /** Notes one answered request; `route` is a pattern, never a path with ids in it. */
  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #addGauges(dispatcher: Dispatcher): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name: `manyhands_${name}`,
        help,
        registers: [this.#registry],
        collect() {
          this.set(value());
        },
      });
    gauge('nodes', 'Nodes connected now', () => dispatcher.network().nodes);
    gauge('threads', 'Threads that connected nodes offer', () => dispatcher.network().threads);
    gauge('running_jobs', 'Jobs that run', () =>
      [...dispatcher.activeJobs().values()].reduce((sum, jobs) => sum + jobs, 0),
    );
    gauge('backlog_bytes', 'Bytes of submissions that wait for their commit', () => {
      return dispatcher.counters().backlogBytes;
    });
    gauge('ready', '1 where results can be made durable', () =>
      Number(dispatcher.health().state === 'well'),
    );
  }

  #addCounters(dispatcher: Dispatcher): void {
    const counter = (name: string, help: string, value: () => number) =>
      new Counter({
        name: `manyhands_${name}_total`,
        help,
        registers: [this.#registry],
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    counter('verdicts', 'Verdicts since the start', () => dispatcher.counters().verdicts);
    counter('replicas', 'Replicas that came back', () => dispatcher.counters().replicas);
    counter('submissions', 'Submissions that came in', () => dispatcher.counters().submissions);
    counter('leased_shards', 'Shards leased', () => dispatcher.counters().leasedShards);
    counter('commits', 'Transactions of the store', () => dispatcher.counters().commits);
    counter('faults', 'Frames of nodes that were refused', () => dispatcher.counters().faults);
    new Counter({
      name: 'manyhands_work_seconds_total',
      help: 'Time spent on submissions, by step',
      labelNames: ['step'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [step, ms] of Object.entries(dispatcher.counters().milliseconds))
          this.inc({ step }, ms / 1000);
      },
    });
  }
}
