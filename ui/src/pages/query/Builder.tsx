import { NumberInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode, type RefObject } from "react";
import { columnsQuery, valuesQuery } from "../../api/exploreQueries";
import type { Column, Filter } from "../../api/explore";
import { ChipInput } from "../../parts/ChipInput";
import {
  parseCalculation,
  parseHaving,
  parseOrder,
  showCalculation,
  showHaving,
  showOrder,
} from "../../query/calculationText";
import {
  calculationSuggestions,
  columnSuggestions,
  filterSuggestions,
  havingSuggestions,
  orderSuggestions,
  wantedValues,
} from "../../query/completion";
import { filterTrouble, parseFilter, readColumn, showColumn, showFilter, showScalar } from "../../query/filterText";
import type { Question } from "../../query/question";
import { Expressions } from "./Expressions";

const NONE: Column[] = [];

export interface BuilderProps {
  draft: Question;
  change: (next: Partial<Question>) => void;
  firstInput?: RefObject<HTMLInputElement | null>;
  /** Only what a trigger can watch: no order, no limit. */
  watch?: boolean;
}

/** The columns of the data in question and the kept calculated fields, with the draft's own before those of the same name. */
export function useColumns(draft: Question): Column[] {
  const stored = useQuery(columnsQuery(draft.dataset)).data?.columns ?? NONE;
  const { fields, signals } = draft;
  return useMemo(() => {
    const wanted = new Set<string>(signals);
    const fitting =
      wanted.size === 0 ? stored : stored.filter((one) => one.signals.some((signal) => wanted.has(signal)));
    const own = fields.map((one): Column => ({
      name: one.name,
      type: "float",
      signals: [],
      calculated: true,
      description: one.expression,
      usage: null,
    }));
    const taken = new Set(own.map((one) => one.name));
    return [...own, ...fitting.filter((one) => !taken.has(one.name))];
  }, [stored, fields, signals]);
}

/** SELECT, WHERE, GROUP BY, ORDER BY, LIMIT and HAVING as lines of chips. */
export function Builder({ draft, change, firstInput, watch = false }: BuilderProps) {
  const columns = useColumns(draft);
  const name = (text: string) => {
    const { column, rest } = readColumn(text.trim());
    return column && rest.trim() === "" ? column : text.trim() || null;
  };
  return (
    <div className="clauses">
      <Clause
        label="Select"
        hint="what to calculate"
        aside={<Expressions draft={draft} change={change} columns={columns} />}
      >
        <ChipInput
          label="Select"
          items={draft.calculations}
          show={showCalculation}
          parse={parseCalculation}
          trouble={(text) => `“${text}” is no calculation; try COUNT or P99(duration_ms)`}
          suggest={(text) => calculationSuggestions(text, columns)}
          change={(calculations) => change({ calculations })}
          placeholder="COUNT, P99(duration_ms), HEATMAP(…)"
          {...(firstInput && { inputRef: firstInput })}
        />
      </Clause>
      <Clause
        label="Where"
        hint="which rows"
        aside={
          draft.filters.length > 1 && (
            <button
              className="plain mode"
              title="Whether every filter must hold, or any one of them"
              onClick={() => change({ any: !draft.any })}
            >
              {draft.any ? "any of" : "all of"}
            </button>
          )
        }
      >
        <FilterInput
          draft={draft}
          columns={columns}
          filters={draft.filters}
          change={(filters) => change({ filters })}
        />
      </Clause>
      <Clause label="Group by" hint="one line each">
        <ChipInput
          label="Group by"
          items={draft.breakdowns}
          show={(one) => one}
          parse={name}
          trouble={() => "A column's name"}
          suggest={(text) =>
            columnSuggestions(
              columns.filter((one) => !draft.breakdowns.includes(one.name)),
              text.trim().replace(/^`|`$/g, ""),
              "",
              true,
            )
          }
          change={(breakdowns) => change({ breakdowns })}
          placeholder="service.name, http.route…"
          names
        />
      </Clause>
      {!watch && (
        <Clause label="Order by">
          <ChipInput
            label="Order by"
            items={draft.orders}
            show={showOrder}
            parse={parseOrder}
            trouble={() => "A calculation or a group, then asc or desc"}
            suggest={(text) =>
              orderSuggestions(
                text,
                draft.calculations,
                draft.breakdowns,
                draft.formulas.map((one) => one.name),
              )
            }
            onChip={(_, at) =>
              change({
                orders: draft.orders.map((one, i) =>
                  i === at ? { ...one, order: one.order === "descending" ? "ascending" : "descending" } : one,
                ),
              })
            }
            change={(orders) => change({ orders })}
            placeholder="first calculation, most first"
            names
          />
        </Clause>
      )}
      <Clause label="Having">
        <ChipInput
          label="Having"
          items={draft.havings}
          show={showHaving}
          parse={parseHaving}
          trouble={() => "Like COUNT > 10 or P99(duration_ms) >= 500"}
          suggest={(text) => havingSuggestions(text, draft.calculations)}
          change={(havings) => change({ havings })}
          placeholder="COUNT > 10"
        />
      </Clause>
      {!watch && (
        <Clause label="Limit">
          <NumberInput
            aria-label="Limit"
            size="xs"
            min={1}
            max={1000}
            placeholder="100"
            value={draft.limit ?? ""}
            onChange={(value) =>
              change({ limit: typeof value === "number" && value >= 1 ? Math.min(1000, Math.round(value)) : null })
            }
            hideControls
          />
        </Clause>
      )}
    </div>
  );
}

function Clause({
  label,
  hint,
  aside,
  children,
}: {
  label: string;
  hint?: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={`clause ${label.toLowerCase().replace(" ", "-")}`}>
      <div className="name">
        <span>{label}</span>
        {hint && <i>{hint}</i>}
        <div className="grow" />
        {aside}
      </div>
      {children}
    </div>
  );
}

/** Filters with completion of columns, operators and the column's own values. */
export function FilterInput({
  draft,
  columns,
  filters,
  change,
  label = "Where",
}: {
  draft: Question;
  columns: readonly Column[];
  filters: readonly Filter[];
  change: (filters: Filter[]) => void;
  label?: string;
}) {
  const [text, setText] = useState("");
  const wanted = wantedValues(text);
  const [q] = useDebouncedValue(wanted.q, 120);
  const known = columns.some((one) => one.name === wanted.column && !one.calculated);
  const values = useQuery(valuesQuery(known ? wanted.column : "", q, draft.dataset, draft.signals)).data?.values;
  return (
    <ChipInput
      label={label}
      items={filters}
      show={showFilter}
      draw={(one) => <FilterChip filter={one} />}
      parse={parseFilter}
      trouble={filterTrouble}
      suggest={(typed) => filterSuggestions(typed, columns, known ? (values ?? []) : [])}
      typed={setText}
      change={change}
      placeholder="http.status_code >= 500"
    />
  );
}

const SIGNS: Record<string, string> = { ">=": "≥", "<=": "≤", "!=": "≠" };

function FilterChip({ filter }: { filter: Filter }) {
  const { column, op, value } = filter;
  const shown =
    value === undefined
      ? ""
      : Array.isArray(value)
        ? value.map((one) => showScalar(one, true)).join(", ")
        : showScalar(value, false);
  return (
    <>
      <span>{showColumn(column)}</span> <span className="op">{SIGNS[op] ?? op.replaceAll("-", " ")}</span>
      {shown && <b> {shown}</b>}
    </>
  );
}
