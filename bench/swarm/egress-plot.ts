import { readable } from '../harness/table.ts';

export interface EgressPoint {
  nodes: number;
  /** What the coordinator sent, in sizes of the blob: to those with peers, and without peers at all. */
  withPeers: number;
  withoutPeers: number;
}

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 76;
const RIGHT = 40;
const TOP = 52;
const BOTTOM = 60;

/** Coordinator egress against nodes, both on logarithmic scales; readable on light and dark pages. */
export function plotEgress(points: readonly EgressPoint[], blobBytes: number): string {
  const largest = Math.max(...points.flatMap((point) => [point.withPeers, point.withoutPeers]));
  const xs = decades(points[0].nodes, points[points.length - 1].nodes);
  const ys = decades(1, largest);
  const x = scale(xs, LEFT, WIDTH - RIGHT);
  const y = scale(ys, HEIGHT - BOTTOM, TOP);
  const line = (of: (point: EgressPoint) => number) =>
    points.map((point) => `${x(point.nodes).toFixed(1)},${y(Math.max(1, of(point))).toFixed(1)}`);
  const last = points[points.length - 1];
  const series = (
    name: string,
    label: string,
    labelAbove: number,
    of: (point: EgressPoint) => number,
  ) => `<polyline class="${name}" points="${line(of).join(' ')}"/>
${line(of)
  .map(
    (place) =>
      `<circle class="${name}" cx="${place.split(',')[0]}" cy="${place.split(',')[1]}" r="4"/>`,
  )
  .join('\n')}
<text class="${name}" x="${x(last.nodes) - 8}" y="${y(Math.max(1, of(last))) - labelAbove}" text-anchor="end">${label}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
<title id="title">What the coordinator sends against the number of nodes, with and without peers</title>
<style>
text { fill: #333; } .grid { stroke: #ccc; stroke-width: 1; }
polyline { fill: none; stroke-width: 2.5; }
polyline.peers { stroke: #0a6e5c; } circle.peers, text.peers { fill: #0a6e5c; }
polyline.alone { stroke: #a4501a; stroke-dasharray: 7 5; } circle.alone, text.alone { fill: #a4501a; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; } .grid { stroke: #444; }
polyline.peers { stroke: #4fc3a8; } circle.peers, text.peers { fill: #4fc3a8; }
polyline.alone { stroke: #f0a46c; } circle.alone, text.alone { fill: #f0a46c; }
}
</style>
<text x="${LEFT}" y="24" font-size="15">Sent by the coordinator, in sizes of a blob of ${readable(blobBytes / 1024 / 1024)} MiB</text>
${xs.map((at) => `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${x(at)}" y="${HEIGHT - BOTTOM + 22}" text-anchor="middle">${at.toLocaleString('en')}</text>`).join('\n')}
${ys.map((at) => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(at)}" y2="${y(at)}"/><text x="${LEFT - 8}" y="${y(at) + 4}" text-anchor="end">${at.toLocaleString('en')}</text>`).join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">nodes (simulated)</text>
${series('alone', 'HTTP alone', 12, (point) => point.withoutPeers)}
${series('peers', 'with peers', 34, (point) => point.withPeers)}
${points.map((point) => `<text class="peers" x="${x(point.nodes)}" y="${y(Math.max(1, point.withPeers)) - 12}" text-anchor="middle">${readable(point.withPeers)}</text>`).join('\n')}
</svg>
`;
}

/** Powers of ten that hold both. */
function decades(from: number, to: number): number[] {
  const marks: number[] = [];
  for (
    let exponent = Math.floor(Math.log10(from));
    exponent <= Math.ceil(Math.log10(to) - 1e-9);
    exponent++
  )
    marks.push(10 ** exponent);
  return marks;
}

function scale(marks: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log10(marks[0]);
  const high = Math.log10(marks[marks.length - 1]);
  return (value) => from + ((Math.log10(value) - low) / Math.max(1, high - low)) * (to - from);
}
