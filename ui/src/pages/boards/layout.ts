import type { Panel, PanelPosition } from "../../api/types.generated";

/** A panel that shows a query. */
export type QueryPanelOf = Panel & Required<Pick<Panel, "query_panel">>;

/** The grid of a board: twelve columns, rows as many as needed. */
export const COLUMNS = 12;

const overlaps = (a: PanelPosition, b: PanelPosition) =>
  a.x_coordinate < b.x_coordinate + b.width &&
  b.x_coordinate < a.x_coordinate + a.width &&
  a.y_coordinate < b.y_coordinate + b.height &&
  b.y_coordinate < a.y_coordinate + a.height;

/** The first free place of that size, looking row by row. */
export function nextPlace(
  panels: readonly { position?: PanelPosition }[],
  width: number,
  height: number,
): PanelPosition {
  const taken = panels.flatMap((one) => (one.position ? [one.position] : []));
  const bottom = taken.reduce((most, one) => Math.max(most, one.y_coordinate + one.height), 0);
  for (let y = 0; y <= bottom; y++)
    for (let x = 0; x + width <= COLUMNS; x++) {
      const place = { x_coordinate: x, y_coordinate: y, width, height };
      if (!taken.some((one) => overlaps(one, place))) return place;
    }
  return { x_coordinate: 0, y_coordinate: bottom, width, height };
}

/** Every panel with a place: those that came without one get the next free one. */
export function placed(panels: readonly Panel[]): (Panel & { position: PanelPosition })[] {
  const done: (Panel & { position: PanelPosition })[] = [];
  for (const one of panels)
    if (one.position && one.position.width > 0 && one.position.height > 0)
      done.push({ ...one, position: clamp(one.position) });
  return panels.map((one) => {
    if (one.position && one.position.width > 0 && one.position.height > 0)
      return { ...one, position: clamp(one.position) };
    const made = { ...one, position: nextPlace(done, one.type === "query" ? 6 : 4, one.type === "query" ? 5 : 3) };
    done.push(made);
    return made;
  });
}

export function clamp(at: PanelPosition): PanelPosition {
  const width = Math.max(2, Math.min(COLUMNS, Math.round(at.width)));
  return {
    width,
    height: Math.max(2, Math.min(40, Math.round(at.height))),
    x_coordinate: Math.max(0, Math.min(COLUMNS - width, Math.round(at.x_coordinate))),
    y_coordinate: Math.max(0, Math.round(at.y_coordinate)),
  };
}

/** Puts one panel where it was dropped, pushes what it covers downwards, then lets everything fall up again. */
export function place(positions: readonly PanelPosition[], moved: number, to: PanelPosition): PanelPosition[] {
  const next = positions.map((one, i) => (i === moved ? clamp(to) : { ...one }));
  const order = next
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [next[a], next[b]];
      if (!x || !y) return 0;
      return x.y_coordinate - y.y_coordinate || (a === moved ? -1 : b === moved ? 1 : x.x_coordinate - y.x_coordinate);
    });
  const settled: PanelPosition[] = [];
  for (const i of order) {
    const one = next[i];
    if (!one) continue;
    while (
      one.y_coordinate > 0 &&
      !settled.some((other) => overlaps({ ...one, y_coordinate: one.y_coordinate - 1 }, other))
    )
      one.y_coordinate--;
    while (settled.some((other) => overlaps(one, other))) one.y_coordinate++;
    settled.push(one);
  }
  return next;
}
