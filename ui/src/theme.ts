import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const water: MantineColorsTuple = [
  "#e6faf7",
  "#d0f1ec",
  "#a2e3d9",
  "#6fd4c6",
  "#46c8b5",
  "#2dc0ab",
  "#1bb09b",
  "#0e9384",
  "#0b7f73",
  "#046a60",
];

const sans = '"Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif';
const mono = '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, "SF Mono", Menlo, Consolas, monospace';

export const theme = createTheme({
  primaryColor: "water",
  primaryShade: { light: 8, dark: 6 },
  colors: { water },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  fontSizes: { xs: "11px", sm: "12.5px", md: "13px", lg: "15px", xl: "18px" },
  defaultRadius: 6,
  cursorType: "pointer",
  headings: { fontFamily: sans, fontWeight: "600" },
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: 12, multiline: true, maw: 380 } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
    TextInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    Autocomplete: { defaultProps: { size: "xs" } },
    Button: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "md" } },
  },
});

// Mantine's own surfaces follow the variables of styles/base.css, so that there is one palette.
const surfaces = {
  "--mantine-color-body": "var(--panel)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--text-2)",
  "--mantine-color-default": "var(--panel)",
  "--mantine-color-default-hover": "var(--panel-2)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-placeholder": "var(--text-3)",
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: surfaces, dark: surfaces });
