import { useComputedColorScheme } from "@mantine/core";
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { BrushComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use as withParts, type EChartsType } from "echarts/core";
import type { EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useEffectEvent, useRef } from "react";
import { chartColours, type ChartColours } from "./chartColours";

withParts([BarChart, LineChart, ScatterChart, GridComponent, TooltipComponent, BrushComponent, CanvasRenderer]);

export interface ChartProps {
  /** Built from the theme's colours; must be stable (useCallback) so that the chart is not redrawn each render. */
  option: (colours: ChartColours) => EChartsCoreOption;
  height: number;
  label: string;
  onPick?: ((data: unknown) => void) | undefined;
  /** Drag over the chart: the selected ranges, in the axes' values. `y` is given for `select="area"`. */
  onSelect?: ((x: [number, number], y: [number, number] | null) => void) | undefined;
  select?: "span" | "area";
}

interface BrushEnd {
  areas?: { coordRange?: [number, number] | [[number, number], [number, number]] }[];
}

export default function Chart({ option, height, label, onPick, onSelect, select = "span" }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const scheme = useComputedColorScheme("dark");
  const selectable = onSelect !== undefined;

  const pick = useEffectEvent((data: unknown) => onPick?.(data));
  const brushed = useEffectEvent((event: BrushEnd) => {
    const range = event.areas?.[0]?.coordRange;
    if (!range || !onSelect) return;
    chart.current?.dispatchAction({ type: "brush", areas: [] });
    if (Array.isArray(range[0])) {
      const [x, y] = range as [[number, number], [number, number]];
      onSelect(x, y);
    } else onSelect(range as [number, number], null);
  });

  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const made = init(box, null, { renderer: "canvas" });
    chart.current = made;
    made.on("click", (event) => pick(event.data));
    made.on("brushEnd", (event) => brushed(event as BrushEnd));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    const colours = chartColours(scheme);
    chart.current?.setOption(
      {
        animation: false,
        textStyle: { fontFamily: "Inter Variable, system-ui, sans-serif", fontSize: 11, color: colours.faint },
        ...(selectable && {
          brush: {
            xAxisIndex: 0,
            ...(select === "area" && { yAxisIndex: 0 }),
            brushStyle: { color: colours.brush, borderColor: colours.accent, borderWidth: 1 },
            outOfBrush: { colorAlpha: 1 },
            throttleType: "debounce",
            throttleDelay: 100,
          },
        }),
        ...option(colours),
      },
      { notMerge: true },
    );
    if (selectable)
      chart.current?.dispatchAction({
        type: "takeGlobalCursor",
        key: "brush",
        brushOption: { brushType: select === "area" ? "rect" : "lineX", brushMode: "single" },
      });
  }, [option, scheme, selectable, select]);

  return <div ref={element} role="img" aria-label={label} style={{ width: "100%", height }} />;
}
