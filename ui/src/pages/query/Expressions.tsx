import { ActionIcon, Button, Popover, TextInput, Textarea, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMathFunction, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { checkQuery } from "../../api/exploreQueries";
import type { ColumnAnswer } from "../../api/types.generated";
import type { NamedExpression } from "../../api/written";
import { calculationKey } from "../../query/calculationText";
import { rank } from "../../query/completion";
import type { Question } from "../../query/question";

/** Calculated fields (computed for each row) and formulas (computed from the calculations), written as expressions. */
export function Expressions({
  draft,
  change,
  columns,
}: {
  draft: Question;
  change: (next: Partial<Question>) => void;
  columns: readonly ColumnAnswer[];
}) {
  const [open, setOpen] = useState(false);
  const count = draft.fields.length + draft.formulas.length;
  return (
    <Popover opened={open} onChange={setOpen} width={560} position="bottom-start" trapFocus={false}>
      <Popover.Target>
        <button
          className="plain mode"
          onClick={() => setOpen(!open)}
          title="Calculated fields and formulas of this query"
        >
          ƒ{count > 0 ? ` ${count}` : " fields"}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={14}>
        <div style={{ display: "grid", gap: 16 }}>
          <List
            title="Calculated fields"
            about={'For each row: IF($http.status_code >= 500, 1, 0), or $"user.id" and CONCAT($a, "-", $b).'}
            items={draft.fields}
            names={columns.map((one) => one.name)}
            change={(fields) => change({ fields })}
            newName="field"
          />
          <List
            title="Formulas"
            about="Computed from named calculations: $failed / $COUNT * 100. Name a calculation like this: failed = COUNT where error = true."
            items={draft.formulas}
            names={draft.calculations.map(calculationKey)}
            change={(formulas) => change({ formulas })}
            newName="formula"
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function List({
  title,
  about,
  items,
  names,
  change,
  newName,
}: {
  title: string;
  about: string;
  items: readonly NamedExpression[];
  names: readonly string[];
  change: (items: NamedExpression[]) => void;
  newName: string;
}) {
  const free = () => {
    for (let i = 1; ; i++) if (!items.some((one) => one.name === `${newName}_${i}`)) return `${newName}_${i}`;
  };
  return (
    <section style={{ display: "grid", gap: 8 }}>
      <div>
        <h2>{title}</h2>
        <div className="faint" style={{ fontSize: 12 }}>
          {about}
        </div>
      </div>
      {items.map((one, i) => (
        <div key={i} className="row" style={{ alignItems: "flex-start" }}>
          <TextInput
            aria-label={`Name of ${one.name}`}
            value={one.name}
            onChange={(event) =>
              change(items.map((other, at) => (at === i ? { ...other, name: event.currentTarget.value } : other)))
            }
            w={130}
          />
          <div className="grow">
            <ExpressionInput
              label={`Expression of ${one.name}`}
              value={one.expression}
              names={names}
              change={(expression) => change(items.map((other, at) => (at === i ? { ...other, expression } : other)))}
            />
          </div>
          <Tooltip label="Remove">
            <ActionIcon aria-label={`Remove ${one.name}`} onClick={() => change(items.filter((_, at) => at !== i))}>
              <IconTrash size={14} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconMathFunction size={14} />}
          onClick={() => change([...items, { name: free(), expression: "" }])}
        >
          Add a {newName === "field" ? "calculated field" : "formula"}
        </Button>
      </div>
    </section>
  );
}

/** An expression that is checked by the server as it is written; `$` completes names. */
export function ExpressionInput({
  label,
  value,
  names,
  change,
}: {
  label: string;
  value: string;
  names: readonly string[];
  change: (text: string) => void;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [picked, setPicked] = useState(0);
  const [asked] = useDebouncedValue(value, 250);
  const check = useQuery(checkQuery(asked));
  const answer = asked.trim() && check.data && !check.isPlaceholderData ? check.data : null;

  const typing = caret === null ? null : /\$("?)([\w.]*)$/.exec(value.slice(0, caret));
  const found = typing ? rank(names, (one) => one, typing[2] ?? "", 8) : [];
  const take = (name: string) => {
    if (!typing || caret === null) return;
    const text = /^[\w.]+$/.test(name) ? `$${name}` : `$${JSON.stringify(name)}`;
    const from = caret - typing[0].length;
    change(value.slice(0, from) + text + value.slice(caret));
    setCaret(null);
    area.current?.focus();
  };
  return (
    <div className="expression">
      <Textarea
        ref={area}
        aria-label={label}
        size="xs"
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
        placeholder="IF($http.status_code >= 500, 1, 0)"
        value={value}
        error={answer?.ok === false}
        onChange={(event) => {
          change(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
          setPicked(0);
        }}
        onBlur={() => setCaret(null)}
        onKeyDown={(event) => {
          if (found.length === 0) return;
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setPicked((before) => (before + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
          } else if (event.key === "Enter" || event.key === "Tab") {
            event.preventDefault();
            const name = found[picked];
            if (name) take(name);
          } else if (event.key === "Escape") {
            event.stopPropagation();
            setCaret(null);
          }
        }}
      />
      {found.length > 0 && (
        <div className="suggestions" role="listbox" aria-label={`Names for ${label}`}>
          {found.map((name, i) => (
            <div
              key={name}
              role="option"
              aria-selected={i === picked}
              className={i === picked ? "on" : ""}
              onMouseDown={(event) => {
                event.preventDefault();
                take(name);
              }}
            >
              <span className="cut mono">{name}</span>
            </div>
          ))}
        </div>
      )}
      {answer?.ok === false && (
        <div className="said bad">
          <span className="mono">
            {value.slice(Math.max(0, answer.position - 12), answer.position)}
            <u>{value.slice(answer.position, answer.position + 10) || "⏎"}</u>
          </span>{" "}
          {answer.message}
        </div>
      )}
      {answer?.ok && <div className="said good">gives {answer.type === "null" ? "nothing" : `a ${answer.type}`}</div>}
    </div>
  );
}
