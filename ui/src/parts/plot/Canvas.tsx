import { useComputedColorScheme } from "@mantine/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent } from "echarts/components";
import { init, use as withParts, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { chartColours, type ChartColours } from "../chartColours";

withParts([BarChart, LineChart, CustomChart, GridComponent, MarkLineComponent, MarkAreaComponent, CanvasRenderer]);

export interface CanvasProps {
  /** Must be stable (useCallback), so that the chart is not redrawn each render. */
  option: (colours: ChartColours, scheme: "light" | "dark") => EChartsCoreOption;
  label: string;
  /** The value of the first y axis at a pixel, used to find the nearest line. */
  onReady?: ((chart: EChartsType | null) => void) | undefined;
}

/** Only draws. Pointer, crosshair, tooltip and selection are the page's own (Plot). */
export default function Canvas({ option, label, onReady }: CanvasProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const scheme = useComputedColorScheme("dark");

  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const made = init(box, null, { renderer: "canvas" });
    chart.current = made;
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
        ...option(colours, scheme),
      },
      { notMerge: true },
    );
    onReady?.(chart.current);
  }, [option, scheme, onReady]);

  return <div ref={element} role="img" aria-label={label} style={{ width: "100%", height: "100%" }} />;
}
