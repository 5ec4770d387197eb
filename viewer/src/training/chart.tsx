// A line chart over epochs, drawn by uPlot in the colours of the page.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { percent } from '../../../src/page/sentences.js';
import { theme } from '../theme.js';
import { texts } from '../words/index.js';

/** One line; null where an epoch has no value. */
export interface ChartLine {
  name: string;
  values: (number | null)[];
}

interface Props {
  title: string;
  epochs: number[];
  lines: ChartLine[];
  /** Marked by an upright line. */
  best: number | null;
  isShare?: boolean;
  /** The line below counts looks at a queue, not epochs. */
  isOverLooks?: boolean;
}

const HEIGHT = 190;
const DASHES = [[], [7, 4], [2, 4]];

/** The chart with its title; the last values are its words for screen readers. */
export function Chart({ title, epochs, lines, best, isShare = false, isOverLooks = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const look = theme.value;
  useEffect(() => {
    const element = box.current!;
    const plot = new uPlot(
      optionsOf({ lines, best, isShare }, element.clientWidth),
      [epochs, ...lines.map(({ values }) => values)],
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [JSON.stringify([epochs, lines, best]), look]);
  const says = lines.map(({ name, values }) => `${name} ${shown(lastOf(values), isShare)}`).join(', ');
  const t = texts.value.training;
  const over = isOverLooks ? t.overLooks : t.over;
  return (
    <figure class="sheet chart-box">
      <figcaption>
        <h2>{title}</h2>
        <p class="note keys-row">
          {lines.map(({ name, values }, i) => (
            <span key={name} class={`key k${i + 1}`} style={{ '--key': `var(--curve-${i + 1})` }}>
              {name} {shown(lastOf(values), isShare)}
            </span>
          ))}
        </p>
      </figcaption>
      <div ref={box} role="img" aria-label={over(title, epochs.length, says)} />
    </figure>
  );
}

function lastOf(values: (number | null)[]): number | null | undefined {
  return values.findLast((value) => value !== null);
}

/** All of the scale above 0; what hardly changes is not blown up to a drama. */
function rangeOf(_: uPlot, low: number, high: number): [number, number] {
  const span = Math.max(high - low, 0.2 * Math.abs(high), 1e-9);
  return [low >= 0 ? Math.max(0, low - 0.1 * span) : low - 0.1 * span, low + 1.1 * span];
}

function shown(value: number | null | undefined, isShare: boolean): string {
  if (value === null || value === undefined) return '-';
  return isShare ? percent(value) : String(Number(value.toPrecision(3)));
}

function optionsOf(
  { lines, best, isShare }: Pick<Props, 'lines' | 'best' | 'isShare'>,
  width: number,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: isShare ? [0, 1] : rangeOf } },
    axes: [
      { ...axis, size: 28, incrs: [1, 2, 5, 10, 20, 50, 100], grid: { show: false } },
      { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => shown(tick, isShare ?? false)) },
    ],
    series: [
      {},
      ...lines.map(({ name }, i) => ({
        label: name,
        stroke: colour(`--curve-${i + 1}`),
        width: 2,
        dash: DASHES[i],
        points: { show: lines[i]!.values.length < 30, size: 5 },
      })),
    ],
    hooks: { draw: [(plot) => best !== null && upright(plot, best, colour('--soft'))] },
  };
}

function upright(plot: uPlot, epoch: number, colour: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(epoch, 'x', true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
