/** Colours of groups, the most distinct ones first, because users look at the first rows of a table. Hex, for the chart library. */
const DARK = [
  "#35c9b6",
  "#8fa8ff",
  "#f2b04c",
  "#e879c6",
  "#8fd16a",
  "#5db8f0",
  "#ff8a70",
  "#b58cf5",
  "#d8cf5a",
  "#6fd8e0",
  "#f08fa5",
  "#a3b18a",
];
const LIGHT = [
  "#0d9488",
  "#4f6fe0",
  "#c97a06",
  "#c0359b",
  "#4d9a2a",
  "#1f86c9",
  "#dc5636",
  "#7f4fd1",
  "#94870b",
  "#128c99",
  "#c94a68",
  "#68774d",
];

export function groupColour(index: number, scheme: "light" | "dark"): string {
  const palette = scheme === "dark" ? DARK : LIGHT;
  return palette[index % palette.length] ?? "#888888";
}

// From almost the background colour to its opposite, so that single events are visible and large counts stand out.
const HEAT_DARK = ["#1c5560", "#1c6f75", "#1f8c87", "#33ab97", "#74cf9c", "#c4e88f", "#fbf7b0"];
const HEAT_LIGHT = ["#b9e4da", "#93d3c5", "#66c0b1", "#2f9e98", "#147a82", "#0d5468", "#0b2f4a"];

/** The position of a count between one and the maximum of a heatmap. */
export function heatShare(count: number, max: number): number {
  return max <= 1 ? 0.4 : (count - 1) / (max - 1);
}

/** A share to its colour; the root spreads the low counts, which are most of a heatmap. */
export function heatColour(share: number, scheme: "light" | "dark"): string {
  const stops = scheme === "dark" ? HEAT_DARK : HEAT_LIGHT;
  const at = Math.sqrt(Math.max(0, Math.min(1, share))) * (stops.length - 1);
  const low = Math.floor(at);
  return mix(stops[low] ?? "#000000", stops[Math.min(stops.length - 1, low + 1)] ?? "#000000", at - low);
}

function mix(a: string, b: string, share: number): string {
  const part = (from: number) => {
    const [x, y] = [Number.parseInt(a.slice(from, from + 2), 16), Number.parseInt(b.slice(from, from + 2), 16)];
    return Math.round(x + (y - x) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

export const heatScale = (scheme: "light" | "dark") => (scheme === "dark" ? HEAT_DARK : HEAT_LIGHT);
