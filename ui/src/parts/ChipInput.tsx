import { useMergedRef } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import type { Suggestion } from "../query/completion";

export interface ChipInputProps<T> {
  label: string;
  items: readonly T[];
  show: (item: T) => string;
  /** Renders the chip where plain text is not sufficient. */
  draw?: (item: T) => ReactNode;
  parse: (text: string) => T | null;
  /** The error message for a text that cannot be parsed. */
  trouble: (text: string) => string;
  suggest: (text: string) => readonly Suggestion[];
  /** Called on every letter, so that the owner can fetch what it suggests next. */
  typed?: (text: string) => void;
  change: (items: T[]) => void;
  placeholder: string;
  /** Names instead of expressions: Enter accepts the first suggestion rather than the typed text. */
  names?: boolean;
  /** A click on a chip; by default the chip returns to the input for editing. */
  onChip?: (item: T, index: number) => void;
  inputRef?: Ref<HTMLInputElement>;
}

/** A line of chips that ends in an input: type, arrows, Enter or Tab; Backspace in the empty input takes the last chip away. */
export function ChipInput<T>(props: ChipInputProps<T>) {
  const { label, items, show, draw, parse, trouble, suggest, typed, change, placeholder, names = false } = props;
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<number | null>(null);
  const [wrong, setWrong] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const own = useRef<HTMLInputElement>(null);
  const ref = useMergedRef(own, props.inputRef ?? null);
  const id = useId();
  const suggestions = open ? suggest(text) : [];

  const write = (next: string) => {
    setText(next);
    setPicked(null);
    setWrong("");
    setOpen(true);
    typed?.(next);
  };
  const commit = (source: string): boolean => {
    const item = parse(source);
    if (item === null) return false;
    if (!items.some((one) => show(one) === show(item))) change([...items, item]);
    write("");
    return true;
  };
  const take = (one: Suggestion) => {
    if (!one.done || !commit(one.text)) write(one.text);
    own.current?.focus();
  };
  const enter = (): boolean => {
    const chosen = picked === null ? undefined : suggestions[picked];
    const first = suggestions[0];
    if (chosen) take(chosen);
    else if (!text.trim()) return false;
    else if (names && first) take(first);
    else if (!commit(text)) {
      if (first) take(first);
      else setWrong(trouble(text));
    }
    return true;
  };

  useEffect(() => {
    if (picked !== null) list.current?.children[picked]?.scrollIntoView({ block: "nearest" });
  }, [picked]);

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // The page runs the query on this key; the typed text is part of the query.
      if (text.trim() && !commit(text)) setWrong(trouble(text));
      setOpen(false);
    } else if (event.key === "Enter") {
      if (enter()) event.preventDefault();
    } else if (event.key === "Tab" && !event.shiftKey && text.trim() && suggestions.length > 0) {
      event.preventDefault();
      const one = suggestions[picked ?? 0];
      if (one) take(one);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        setOpen(true);
        return;
      }
      const count = suggestions.length;
      if (count === 0) return;
      const by = event.key === "ArrowDown" ? 1 : -1;
      setPicked((before) => (before === null ? (by > 0 ? 0 : count - 1) : (before + by + count) % count));
    } else if (event.key === "Backspace" && text === "" && items.length > 0) {
      event.preventDefault();
      change(items.slice(0, -1));
    } else if (event.key === "Escape") {
      if (open) event.stopPropagation();
      setOpen(false);
      setPicked(null);
    }
  };

  return (
    <div
      className={`chip-input ${wrong ? "wrong" : ""}`}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) {
          event.preventDefault();
          own.current?.focus();
        }
      }}
    >
      {items.map((item, i) => (
        <span className="token" key={show(item)}>
          <button
            className="plain body"
            title={`${show(item)}\nClick to ${props.onChip ? "change" : "edit"}`}
            onClick={() => {
              if (props.onChip) return props.onChip(item, i);
              change(items.filter((_, at) => at !== i));
              write(show(item));
              own.current?.focus();
            }}
          >
            {draw ? draw(item) : show(item)}
          </button>
          <button
            className="plain close"
            aria-label={`Remove ${show(item)}`}
            onClick={() => change(items.filter((_, at) => at !== i))}
          >
            <IconX size={12} />
          </button>
        </span>
      ))}
      <div className="typing">
        <input
          ref={ref}
          role="combobox"
          aria-label={label}
          aria-expanded={suggestions.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-invalid={wrong !== ""}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={items.length === 0 ? placeholder : ""}
          onChange={(event) => write(event.currentTarget.value)}
          onFocus={() => {
            setOpen(true);
            typed?.(text);
          }}
          onClick={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setPicked(null);
            // Complete text is used without Enter; incomplete text stays visible with an error message.
            if (text.trim() && !commit(text)) setWrong(trouble(text));
            setOpen(false);
          }}
          onKeyDown={press}
        />
        {suggestions.length > 0 && (
          <div className="suggestions" id={id} role="listbox" aria-label={`Suggestions for ${label}`} ref={list}>
            {suggestions.map((one, i) => (
              <div
                key={`${one.label}${i}`}
                role="option"
                aria-selected={i === picked}
                className={i === picked ? "on" : ""}
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(one);
                }}
              >
                <span className="cut mono">
                  <Marked text={one.label} typed={text} />
                </span>
                <span className="hint">{one.hint}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      {wrong && <div className="wrong-text">{wrong}</div>}
    </div>
  );
}

/** The part of a suggestion that was typed, in bold. */
function Marked({ text, typed }: { text: string; typed: string }) {
  const wanted = (/[^\s(]*$/.exec(typed)?.[0] ?? "").toLowerCase();
  const at = wanted ? text.toLowerCase().indexOf(wanted) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + wanted.length)}</b>
      {text.slice(at + wanted.length)}
    </>
  );
}
