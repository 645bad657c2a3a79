/** Chart colours are hex: the chart library mixes them itself and does not read CSS variables. */
export interface ChartColours {
  text: string;
  faint: string;
  line: string;
  panel: string;
  accent: string;
  brush: string;
  err: string;
  spans: string;
  logs: string;
  occurrences: string;
  ok: string;
}

const LIGHT: ChartColours = {
  text: "#14181d",
  faint: "#727c87",
  line: "#e7eaed",
  panel: "#ffffff",
  accent: "#0b7f73",
  brush: "rgba(14,147,132,0.12)",
  err: "#e0485a",
  spans: "#3aa99d",
  logs: "#8fb8e8",
  occurrences: "#f0b35c",
  ok: "#2f9e92",
};

const DARK: ChartColours = {
  text: "#e6e9ed",
  faint: "#7c8691",
  line: "#20252c",
  panel: "#161a1f",
  accent: "#35c9b6",
  brush: "rgba(45,192,171,0.14)",
  err: "#ff6b75",
  spans: "#2b9f92",
  logs: "#4d78ab",
  occurrences: "#c98f3f",
  ok: "#35b8a8",
};

export function chartColours(scheme: "light" | "dark"): ChartColours {
  return scheme === "dark" ? DARK : LIGHT;
}

/** The tooltip box in the page's own style. */
export function tooltipStyle(colours: ChartColours) {
  return {
    backgroundColor: colours.panel,
    borderColor: colours.line,
    padding: [8, 10] as [number, number],
    textStyle: { color: colours.text, fontSize: 12 },
    extraCssText: "box-shadow:0 8px 24px #0003;border-radius:6px",
    confine: true,
  };
}

/** Text from outside never becomes markup inside a chart's tooltip. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
