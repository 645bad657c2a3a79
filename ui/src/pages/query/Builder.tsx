import { NumberInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode, type RefObject } from "react";
import { columnsQuery, valuesQuery } from "../../api/exploreQueries";
import type { ColumnAnswer } from "../../api/types.generated";
import type { Filter } from "../../api/written";
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
import {
  filterTrouble,
  parseFilter,
  readColumn,
  readFilter,
  showColumn,
  showFilter,
  showScalar,
} from "../../query/filterText";
import type { Question } from "../../query/question";
import { Expressions } from "./Expressions";

const NONE: ColumnAnswer[] = [];

export interface BuilderProps {
  draft: Question;
  change: (next: Partial<Question>) => void;
  firstInput?: RefObject<HTMLInputElement | null>;
  /** Only the clauses of a trigger: no order, no limit. */
  watch?: boolean;
}

/**
 * The columns of the data in question and the kept calculated fields, with the draft's own before those of the same name. Of more columns
 * than are listed at once, those with the text in their name are asked for besides.
 */
export function useColumns(draft: Question, text = ""): { columns: ColumnAnswer[]; listed: number; total: number } {
  const first = useQuery(columnsQuery(draft.dataset)).data;
  const listed = first?.columns.length ?? 0;
  const total = first?.total ?? 0;
  const [q] = useDebouncedValue(text.trim().replace(/^`|`$/g, ""), 120);
  const found = useQuery({
    ...columnsQuery(draft.dataset, undefined, q),
    enabled: q !== "" && total > listed,
  }).data?.columns;
  const { fields, signals } = draft;
  const columns = useMemo(() => {
    const before = first?.columns ?? NONE;
    const known = new Set(before.map((one) => one.name));
    const stored = q === "" || !found ? before : [...before, ...found.filter((one) => !known.has(one.name))];
    const wanted = new Set<string>(signals);
    const fitting =
      wanted.size === 0 ? stored : stored.filter((one) => one.signals.some((signal) => wanted.has(signal)));
    const own = fields.map((one): ColumnAnswer => ({
      name: one.name,
      type: "float",
      signals: [],
      calculated: true,
      description: one.expression,
      usage: null,
    }));
    const taken = new Set(own.map((one) => one.name));
    return [...own, ...fitting.filter((one) => !taken.has(one.name))];
  }, [first, found, q, fields, signals]);
  return { columns, listed, total };
}

/** The column that is being written at the end of a calculation or a list of names. */
const lastWord = (text: string) => /[^\s(`,$]*$/.exec(text.replace(/[)`\s]+$/, ""))?.[0] ?? "";

/** SELECT, WHERE, GROUP BY, ORDER BY, LIMIT and HAVING as lines of chips. */
export function Builder({ draft, change, firstInput, watch = false }: BuilderProps) {
  const [word, setWord] = useState("");
  const { columns, listed, total } = useColumns(draft, word);
  const typed = (text: string) => setWord(lastWord(text));
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
          trouble={(text) => `“${text}” is not a calculation; try COUNT or P99(duration_ms)`}
          suggest={(text) => calculationSuggestions(text, columns)}
          typed={typed}
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
              title="Whether all filters must match, or any of them"
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
          column={setWord}
        />
      </Clause>
      <Clause label="Group by" hint="one line per group">
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
          typed={typed}
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
            trouble={() => "A calculation or a column of Group by, then asc or desc"}
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
            placeholder="first calculation, descending"
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
          trouble={() => "For example COUNT > 10 or P99(duration_ms) >= 500"}
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
      {total > listed && (
        <p className="faint">
          {listed.toLocaleString("en-US")} of {total.toLocaleString("en-US")} columns are listed; type a part of a name
          to find the others.
        </p>
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
  column,
  label = "Where",
}: {
  draft: Question;
  columns: readonly ColumnAnswer[];
  filters: readonly Filter[];
  change: (filters: Filter[]) => void;
  /** Called with the name of a column while it is typed. */
  column?: (text: string) => void;
  label?: string;
}) {
  const [text, setText] = useState("");
  const write = (next: string) => {
    setText(next);
    column?.(readFilter(next).column);
  };
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
      typed={write}
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
