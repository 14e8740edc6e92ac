import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, formatTick } from '../text/format.ts';
import { useThemeChange } from '../ui/use-theme-change.ts';
import { useWidth } from '../ui/use-width.ts';
import type { ChartLines } from './chart-data.ts';
import css from './chart-view.module.css';

interface LineChartProps {
  lines: ChartLines;
  along: string;
  value: string;
  /** Whether `along` are moments, in seconds since 1970; the values then begin at zero. */
  overTime?: boolean;
}

const HEIGHT = 320;
/** More points than this are drawn without their dots. */
const MOST_DOTS = 200;

/** Lines over an axis. The table beside it is the same for those who do not see it. */
export function LineChart({ lines, along, value, overTime = false }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const theme = useThemeChange();
  useEffect(() => {
    void theme;
    const element = place.current;
    if (!element || width === 0) return;
    const data = [lines.along, ...lines.columns] as uPlot.AlignedData;
    const options = optionsOf({ lines, along, value, overTime }, width, element);
    const chart = new uPlot(options, data, element);
    return () => chart.destroy();
  }, [lines, along, value, overTime, width, theme]);
  return <div ref={place} className={css.place} role="img" aria-label={`${value}, ${along}`} />;
}

function optionsOf(
  { lines, along, value, overTime }: LineChartProps,
  width: number,
  element: Element,
): uPlot.Options {
  const style = getComputedStyle(element);
  const font = `13px ${style.fontFamily}`;
  const axis = (label: string): uPlot.Axis => ({
    label,
    labelFont: font,
    font,
    stroke: style.color,
    grid: { stroke: colour(element, 'var(--line)'), width: 1 },
    ticks: { stroke: colour(element, 'var(--line)'), width: 1 },
    values: (_, ticks) => ticks.map(formatTick),
  });
  return {
    width,
    height: HEIGHT,
    scales: overTime ? { x: { time: true }, y: { range: fromZero } } : { x: { time: false } },
    axes: [overTime ? { ...axis(along), ...CLOCK } : axis(along), { ...axis(value), size: 70 }],
    series: [
      overTime ? { label: along, value: (_, at) => clockOf(at) } : { label: along },
      ...lines.names.map((name, k) => ({
        label: name === '' ? value : name,
        stroke: colour(element, lineColour(k)),
        width: 2,
        // Lines differ in their dashes too.
        dash: [[], [8, 4], [2, 4], [12, 4, 2, 4]][k % 4],
        spanGaps: false,
        points: { show: lines.along.length <= MOST_DOTS, size: 5 },
      })),
    ],
  };
}

/** An axis of moments: their labels are wider than numbers. */
const CLOCK = {
  space: 90,
  values: (_: uPlot, ticks: number[]) => ticks.map(clockOf),
};

function clockOf(seconds: number | null): string {
  return seconds === null ? '–' : formatClock(seconds * 1_000);
}

/** From zero to a little above the largest value. */
function fromZero(_: uPlot, _least: number | null, most: number | null): [number, number] {
  return [0, most ? most * 1.1 : 1];
}

/** Hues far apart, at a lightness that stands out from either theme's ground. */
function lineColour(k: number): string {
  const hue = (163 + k * 137) % 360;
  return `light-dark(oklch(0.52 0.13 ${hue}), oklch(0.78 0.13 ${hue}))`;
}

/** A colour of the style sheet as a canvas takes it. */
function colour(element: Element, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
