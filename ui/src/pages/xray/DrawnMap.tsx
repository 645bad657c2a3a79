import { Notice } from "../../parts/States";
import { MapCanvas, type MapCanvasProps } from "./MapCanvas";
import { useMapLayout } from "./useMapLayout";

/** The map with its places; the drawing and layout libraries come with this part alone. */
export default function DrawnMap(props: Omit<MapCanvasProps, "layout">) {
  const { layout, failed } = useMapLayout(props.map);
  if (failed) return <Notice>The map could not be laid out: {failed}. The table has the same figures.</Notice>;
  if (!layout) return <div role="status" aria-label="Loading" className="map-wait" />;
  return <MapCanvas {...props} layout={layout} />;
}
