import { lazy, Suspense } from "react";
import type { ChartProps } from "./Chart";

const Chart = lazy(() => import("./Chart"));

/** The chart library is big: it loads after the page around it is there, into a box of the final size. */
export function LazyChart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height }} />}>
      <Chart {...props} />
    </Suspense>
  );
}
