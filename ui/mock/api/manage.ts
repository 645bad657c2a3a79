// The objects that are kept: saved queries, boards, markers, triggers, SLOs, burn alerts, recipients.
// Their shapes are those of Honeycomb's management API.

import type { HavingOp, QuerySpec, Values } from "./explore.ts";

export interface SavedQuery {
  id: string;
  name: string;
  description?: string;
  query_id: string;
  created_at?: string;
  updated_at?: string;
  source?: "query" | "board";
}

export interface Board {
  id: string;
  name: string;
  description?: string;
  type?: "flexible";
  layout_generation?: "manual" | "auto";
  panels?: Panel[];
}
export interface PanelPosition {
  x_coordinate: number;
  y_coordinate: number;
  /** The grid is 12 wide. */
  width: number;
  height: number;
}
export type ChartType = "default" | "line" | "stacked" | "stat" | "tsbar" | "cpie" | "cbar";
export interface QueryPanel {
  type: "query";
  position?: PanelPosition;
  query_panel: {
    query_id: string;
    query_annotation_id?: string;
    query_style?: "graph" | "table" | "combo";
    /** The dataset the query is kept in. */
    dataset?: string;
    visualization_settings?: {
      hide_compare?: boolean;
      charts?: { chart_index?: number; chart_type?: ChartType; omit_missing_values?: boolean; log_scale?: boolean }[];
    };
  };
}
export interface TextPanel {
  type: "text";
  position?: PanelPosition;
  text_panel: { content: string };
}
export interface SloPanel {
  type: "slo";
  position?: PanelPosition;
  slo_panel: { slo_id: string };
}
export type Panel = QueryPanel | TextPanel | SloPanel;

export interface Marker {
  id: string;
  start_time: number;
  end_time?: number | null;
  message?: string;
  type?: string;
  url?: string;
  color?: string;
}

export type RecipientType = "email" | "webhook" | "slack" | "pagerduty" | "msteams" | "msteams_workflow";
export interface Recipient {
  id: string;
  type: RecipientType;
  details: Record<string, unknown>;
  created_at?: string;
}
/** As a trigger or a burn alert names one. */
export interface RecipientRef {
  id?: string;
  type?: string;
  target?: string;
}

export type ThresholdOp = ">" | ">=" | "<" | "<=";
export interface Trigger {
  id: string;
  name: string;
  description?: string;
  dataset_slug?: string;
  disabled?: boolean;
  triggered?: boolean;
  query?: QuerySpec;
  query_id?: string;
  threshold: { op: ThresholdOp; value: number; exceeded_limit?: number };
  /** Seconds between runs. */
  frequency?: number;
  alert_type?: "on_change" | "on_true";
  recipients?: RecipientRef[];
  baseline_details?: { offset_minutes: number; type: "value" | "percentage" } | Record<string, never> | null;
  created_at?: string;
  updated_at?: string;
}
export interface TriggerCheck {
  value: number | null;
  wouldTrigger: boolean;
  groups: { key?: Values; group?: Values; value: number | null; wouldTrigger?: boolean; triggered?: boolean }[];
}
export interface AlertHistory {
  items: {
    at: string;
    state: "triggered" | "ok" | "error";
    value: number | null;
    threshold: number | null;
    group: Values | null;
    deliveries: { recipient: string; ok: boolean; attempts: number; detail: string }[];
  }[];
}

export interface Slo {
  id: string;
  name: string;
  description?: string;
  sli: { alias: string };
  time_period_days: number;
  target_per_million: number;
  dataset_slugs?: string[];
  created_at?: string;
  /** With ?detailed. */
  compliance?: number;
  budget_remaining?: number;
  status?: "normal" | "triggered" | "no_alerts" | "no_events";
}
export interface SloStatus {
  /** Percent. */
  compliance: number | null;
  /** Percent of the allowed failures that is left; negative when overdrawn. */
  budgetRemaining: number | null;
  burnRate: number | null;
  total: number;
  bad: number;
  series: { time: number | string; compliance: number | null; budgetRemaining: number | null; bad: number }[];
}
export interface BurnAlert {
  id: string;
  alert_type: "exhaustion_time" | "budget_rate";
  description?: string;
  exhaustion_minutes?: number;
  budget_rate_window_minutes?: number;
  budget_rate_decrease_threshold_per_million?: number;
  slo: { id: string };
  recipients?: RecipientRef[];
  triggered?: boolean;
}
/** A calculated field that is kept with its dataset. */
export interface DerivedColumn {
  id: string;
  alias: string;
  expression: string;
  description?: string;
}
export type { HavingOp };
