import "../../styles/lists.css";
import "../../styles/query.css";
import "../../styles/xray.css";
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode, Ref } from "react";
import type { Code } from "../../api/words.generated";
import { xrayGroupsQuery, type Scope } from "../../api/xrayQueries";
import { useRange } from "../../parts/range";
import { CODE_NAMES } from "../../xray/conditions";
import { FilterEditor } from "./FilterEditor";

const TABS = [
  { to: "/xray", label: "Traces", scoped: true },
  { to: "/xray/map", label: "Map", scoped: true },
  { to: "/xray/analytics", label: "Analytics", scoped: true },
  { to: "/xray/insights", label: "Insights", scoped: true },
  { to: "/xray/groups", label: "Groups", scoped: false },
  { to: "/xray/sampling", label: "Sampling", scoped: false },
] as const;

/** The pages of X-Ray side by side; the expression and the group go along from one to the next. */
export function XRayTabs({ scope }: { scope?: Scope }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className="x-tabs" aria-label="X-Ray">
      {TABS.map(({ to, label, scoped }) => (
        <Link
          key={to}
          to={to}
          search={scoped && scope ? { filter: scope.filter, group: scope.group } : {}}
          className={path === to || (to !== "/xray" && path.startsWith(`${to}/`)) ? "on" : ""}
          activeProps={{}}
          aria-current={path === to ? "page" : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

/** The group chooser and the expression, the same on every page that looks at traces. */
export function ScopeBar({
  scope,
  change,
  first,
  children,
}: {
  scope: Scope;
  change: (next: Scope) => void;
  first?: Ref<HTMLTextAreaElement>;
  children?: ReactNode;
}) {
  const { range } = useRange();
  const groups = useQuery(xrayGroupsQuery()).data?.groups;
  const names = new Set(groups?.filter((one) => !one.default).map((one) => one.name));
  if (scope.group) names.add(scope.group);
  return (
    <div className="scope-bar">
      <Select
        aria-label="Group"
        placeholder="All traces"
        data={[...names].sort()}
        value={scope.group ?? null}
        onChange={(group) => change({ ...scope, group: group ?? undefined })}
        clearable
        w={140}
        title={groups?.find((one) => one.name === scope.group)?.filterExpression ?? undefined}
        nothingFoundMessage="No groups yet"
      />
      <FilterEditor
        label="Filter expression"
        value={scope.filter ?? ""}
        commit={(filter) => change({ ...scope, filter: filter || undefined })}
        range={range}
        placeholder={'Filter expression, like  service("backend-flask") AND responsetime > 0.5'}
        {...(first && { inputRef: first })}
      />
      {children}
    </div>
  );
}

export function CodeBadge({ code, status }: { code: Code; status?: number | null }) {
  return (
    <span className={`badge mono code-${code}`} title={`${CODE_NAMES[code].name}: ${CODE_NAMES[code].means}`}>
      {status ?? CODE_NAMES[code].name}
    </span>
  );
}
