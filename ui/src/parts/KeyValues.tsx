import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChartHistogram, IconFilterPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Fragment, useMemo } from "react";
import type { QuerySignal } from "../api/words.generated";
import type { AttributeValue } from "../api/written";
import { questionOfValue } from "../query/fromPages";
import { linkTo } from "../query/question";
import { Copy } from "./Marks";

export function showValue(value: AttributeValue): string {
  return value === null ? "null" : String(value);
}

/** Attributes by name, each with copy and, where asked, "traces with this value". */
export function KeyValues({
  values,
  filter = "",
  findTraces = false,
  ask,
  actions,
  empty = "None.",
}: {
  values: Record<string, AttributeValue>;
  filter?: string;
  findTraces?: boolean;
  /** Offers a query of this signal's rows with the value. */
  ask?: QuerySignal;
  /** What else can be done with a value, beside the buttons of every one. */
  actions?: (key: string, value: AttributeValue) => React.ReactNode;
  empty?: string;
}) {
  const rows = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return Object.entries(values)
      .filter(([key, value]) => !wanted || `${key} ${showValue(value)}`.toLowerCase().includes(wanted))
      .sort(([a], [b]) => a.localeCompare(b));
  }, [values, filter]);
  if (rows.length === 0)
    return (
      <p className="faint" style={{ margin: "6px" }}>
        {filter ? "No match." : empty}
      </p>
    );
  return (
    <table className="kv">
      <tbody>
        {rows.map(([key, value]) => (
          <tr key={key}>
            <td className="mono">
              <KeyName name={key} />
            </td>
            <td className="mono">
              <Value value={value} />
            </td>
            <td className={actions ? "act wide" : ask ? "act more" : "act"}>
              {findTraces && value !== null && (
                <Tooltip label={`Traces with ${key} = ${showValue(value)}`}>
                  <ActionIcon
                    size={20}
                    aria-label={`Traces with this ${key}`}
                    renderRoot={(props) => (
                      <Link to="/traces" search={{ attribute: [`${key}=${showValue(value)}`] }} {...props} />
                    )}
                  >
                    <IconFilterPlus size={13} stroke={1.7} />
                  </ActionIcon>
                </Tooltip>
              )}
              {ask && (
                <Tooltip label={`Query the ${ask} with ${key} = ${showValue(value)}`}>
                  <ActionIcon
                    size={20}
                    aria-label={`Query with this ${key}`}
                    renderRoot={(props) => <Link {...linkTo(questionOfValue(key, value, [ask]))} {...props} />}
                  >
                    <IconChartHistogram size={13} stroke={1.7} />
                  </ActionIcon>
                </Tooltip>
              )}
              <Copy value={showValue(value)} label="Copy value" />
              {actions?.(key, value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value }: { value: AttributeValue }) {
  if (typeof value === "number") return <span className="j-num">{value}</span>;
  if (typeof value === "string") return <span style={{ whiteSpace: "pre-wrap" }}>{value}</span>;
  return <span className="j-lit">{String(value)}</span>;
}

/** A long key breaks after its dots, not in the middle of a word. */
function KeyName({ name }: { name: string }) {
  return name.split(/(?<=[._/])/).map((piece, i) => (
    <Fragment key={i}>
      {piece}
      <wbr />
    </Fragment>
  ));
}
