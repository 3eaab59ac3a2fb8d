import { useEffect, useId, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { t } from "./texts";

export interface Series {
  label: string;
  /** A custom property of the style sheet, so that it fits light and dark. */
  colour: string;
  /** Null where nobody looked. */
  values: (number | null)[];
  fill?: boolean;
}

const HEIGHT = 168;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** A line chart over time. Its latest values stand in the legend as text, for those who do not see it. */
export function Chart(props: { label: string; times: number[]; series: Series[]; format: (n: number) => string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const id = useId();
  const shape = props.series.map((s) => s.label).join("|");
  const data = [props.times, ...props.series.map((s) => s.values)] as uPlot.AlignedData;
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const style = getComputedStyle(element);
      const colour = (name: string) => style.getPropertyValue(name).trim() || "#888";
      const axis = {
        stroke: colour("--text-soft"),
        grid: { stroke: colour("--grid"), width: 1 },
        ticks: { show: false },
        font: `11px ${style.fontFamily}`,
      };
      plot.current = new uPlot(
        {
          width: Math.max(200, element.clientWidth),
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false, points: { size: 6 } },
          padding: [8, 26, 0, 0],
          scales: { y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.15 : 1] } },
          axes: [
            { ...axis, space: 72, size: 28, values: (_u, ticks) => ticks.map((tick) => clock.format(tick * 1000)) },
            { ...axis, size: 56, values: (_u, ticks) => ticks.map((tick) => (tick === 0 ? "0" : props.format(tick))) },
          ],
          series: [
            {},
            ...props.series.map((s) => ({
              label: s.label,
              stroke: colour(s.colour),
              width: 2,
              points: { show: false },
              fill: s.fill ? `color-mix(in srgb, ${colour(s.colour)} 16%, transparent)` : undefined,
            })),
          ],
        },
        latest.current,
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT });
    });
    resized.observe(element);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      theme.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(latest.current));

  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span class="title">{props.label}</span>
        <span class="legend">
          {props.series.map((s) => (
            <span key={s.label}>
              <i class={`dot ${s.colour.slice(2)}`} aria-hidden="true" />
              {s.label} <b>{props.format(s.values.at(-1) ?? 0)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={box} class="plot" aria-hidden="true" title={t.range} />
    </figure>
  );
}
