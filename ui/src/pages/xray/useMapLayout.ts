import ELK, { type ElkNode } from "elkjs/lib/elk-api";
import elkWorker from "elkjs/lib/elk-worker.min.js?url";
import { useEffect, useState } from "react";
import type { XRayMap } from "../../api/types.generated";
import { covers, fromElk, toElk, type MapLayout } from "../../xray/mapLayout";

let elk: InstanceType<typeof ELK> | undefined;

/** Laying out is work for a worker: the page stays responsive, and the library loads with the first map. */
function layOut(graph: ElkNode): Promise<ElkNode> {
  elk ??= new ELK({ workerFactory: () => new Worker(elkWorker) });
  return elk.layout(graph);
}

/** The places of a map's nodes. They stay as they are as long as they have room for what the next answer brings. */
export function useMapLayout(map: XRayMap | undefined): { layout: MapLayout | null; failed: string | null } {
  const [layout, setLayout] = useState<MapLayout | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const fits =
    layout !== null && map !== undefined && map.nodes.length > 0 && covers(layout, map) && !isLoose(layout, map);
  useEffect(() => {
    if (!map || fits || map.nodes.length === 0) return;
    let current = true;
    layOut(toElk(map)).then(
      (graph) => {
        if (current) setLayout(fromElk(graph));
      },
      (error: unknown) => {
        if (current) setFailed(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      current = false;
    };
  }, [map, fits]);
  return { layout: fits ? layout : layout && map && covers(layout, map) ? layout : null, failed };
}

/** A filter that leaves a few nodes of many deserves a map of its own. */
function isLoose(layout: MapLayout, map: XRayMap): boolean {
  return map.nodes.length < layout.nodes.size * 0.6;
}
