import { expect, it } from "vitest";
import type { PanelPosition } from "../../api/types.generated";
import { clamp, nextPlace, place, placed } from "./layout";

const at = (x: number, y: number, width: number, height: number): PanelPosition => ({
  x_coordinate: x,
  y_coordinate: y,
  width,
  height,
});
const apart = (all: PanelPosition[]) =>
  all.every((a, i) =>
    all.every(
      (b, j) =>
        i >= j ||
        a.x_coordinate + a.width <= b.x_coordinate ||
        b.x_coordinate + b.width <= a.x_coordinate ||
        a.y_coordinate + a.height <= b.y_coordinate ||
        b.y_coordinate + b.height <= a.y_coordinate,
    ),
  );

it("finds the first free place", () => {
  expect(nextPlace([], 6, 4)).toEqual(at(0, 0, 6, 4));
  expect(nextPlace([{ position: at(0, 0, 6, 4) }], 6, 4)).toEqual(at(6, 0, 6, 4));
  expect(nextPlace([{ position: at(0, 0, 7, 4) }], 6, 4)).toEqual(at(0, 4, 6, 4));
});

it("gives panels that came without a place one, beside those that have one", () => {
  const panels = placed([
    { type: "text", text_panel: { content: "" } },
    { type: "text", text_panel: { content: "" }, position: at(0, 0, 12, 2) },
    { type: "text", text_panel: { content: "" }, position: at(0, 0, 0, 0) },
  ]);
  expect(apart(panels.map((one) => one.position))).toBe(true);
});

it("moves what is in the way down, and lets the rest fall up", () => {
  const moved = place([at(0, 0, 6, 4), at(6, 0, 6, 4), at(0, 4, 12, 3)], 2, at(0, 0, 12, 3));
  expect(moved[2]).toEqual(at(0, 0, 12, 3));
  expect(moved[0]?.y_coordinate).toBe(3);
  expect(apart(moved)).toBe(true);
  const gap = place([at(0, 0, 4, 2), at(0, 9, 4, 2)], 0, at(8, 0, 4, 2));
  expect(gap[1]).toEqual(at(0, 0, 4, 2));
});

it("keeps a panel on the board", () => {
  expect(clamp(at(20, -3, 99, 1))).toEqual(at(0, 0, 12, 2));
});
