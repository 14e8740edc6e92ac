import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTick } from '../text/format.ts';
import { useThemeChange } from '../ui/use-theme-change.ts';
import { useWidth } from '../ui/use-width.ts';
import type { ChartLines } from './chart-data.ts';
import css from './chart-view.module.css';

interface LineChartProps {
  lines: ChartLines;
  along: string;
  value: string;
}

const HEIGHT = 320;
/** More points than this are drawn without their dots. */
const MOST_DOTS = 200;

/** Lines over an axis. The table beside it is the same for those who do not see it. */
export function LineChart({ lines, along, value }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const theme = useThemeChange();
  useEffect(() => {
    void theme;
    const element = place.current;
    if (!element || width === 0) return;
    const data = [lines.along, ...lines.columns] as uPlot.AlignedData;
    const chart = new uPlot(optionsOf(lines, along, value, width, element), data, element);
    return () => chart.destroy();
  }, [lines, along, value, width, theme]);
  return <div ref={place} className={css.place} role="img" aria-label={`${value}, ${along}`} />;
}

function optionsOf(
  lines: ChartLines,
  along: string,
  value: string,
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
    scales: { x: { time: false } },
    axes: [axis(along), { ...axis(value), size: 70 }],
    series: [
      { label: along },
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
