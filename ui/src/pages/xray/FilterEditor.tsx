import { useDebouncedValue, useMergedRef } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { servicesQuery } from "../../api/queries";
import { filterCheckQuery, filterCompletionQuery, xrayGroupsQuery } from "../../api/xrayQueries";
import type { TimeRange } from "../../values/timeRange";
import { accept, readCaret, suggest, type Known } from "../../xray/completion";
import { pieces, unquote } from "../../xray/filterTokens";
import type { Suggestion } from "../../query/completion";

export interface FilterEditorProps {
  label: string;
  value: string;
  /** A whole, valid expression (or nothing). */
  commit: (filter: string) => void;
  range: TimeRange;
  placeholder?: string;
  inputRef?: Ref<HTMLTextAreaElement>;
  /** Called on every change, for forms with their own submit button. */
  onDraft?: (text: string, valid: boolean) => void;
}

/** Where a name or value must follow: there Tab takes the first one, elsewhere it leaves the field. */
const NAMED = new Set(["service", "annotationKey", "value"]);

/** A filter expression: coloured, completed as it is typed, its error marked at the character the server names. */
export function FilterEditor({ label, value, commit, range, placeholder, inputRef, onDraft }: FilterEditorProps) {
  const [text, setText] = useState(value);
  const [before, setBefore] = useState(value);
  const [position, setPosition] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<number | null>(null);
  const own = useRef<HTMLTextAreaElement>(null);
  const ref = useMergedRef(own, inputRef ?? null);
  const anchor = useRef<HTMLSpanElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  const id = useId();
  const queries = useQueryClient();
  if (before !== value) {
    setBefore(value);
    setText(value);
    setPosition(value.length);
  }

  const caret = useMemo(() => readCaret(text, Math.min(position, text.length)), [text, position]);
  const known = useKnown(range, text, position, open ? caret.want.kind : "nothing", keywordOf(caret.want));
  const offers = open ? suggest(caret, known) : [];

  const [settled] = useDebouncedValue(text, 250);
  const check = useQuery({ ...filterCheckQuery(settled.trim() ? settled : ""), enabled: settled.trim() !== "" });
  const wrong = settled === text && check.data?.ok === false ? check.data : null;

  const write = (next: string, at: number) => {
    setText(next);
    setPosition(at);
    setPicked(null);
    setOpen(true);
    onDraft?.(next, true);
  };
  const take = (one: Suggestion) => {
    const after = accept(text, caret, one);
    write(after.text, after.position);
    const element = own.current;
    if (!element) return;
    element.focus();
    // The caret moves once the new text is in the field.
    requestAnimationFrame(() => element.setSelectionRange(after.position, after.position));
  };
  const run = async () => {
    const next = text.trim();
    setOpen(false);
    if (next === value) return;
    const found = next ? await queries.query(filterCheckQuery(next)).catch(() => null) : null;
    if (found?.ok !== false) commit(next);
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      setOpen(true);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const one = picked === null ? undefined : offers[picked];
      if (one && open) take(one);
      else void run();
    } else if (
      event.key === "Tab" &&
      !event.shiftKey &&
      offers.length > 0 &&
      (picked !== null || caret.typed !== "" || NAMED.has(caret.want.kind))
    ) {
      event.preventDefault();
      const one = offers[picked ?? 0];
      if (one) take(one);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && offers.length > 0) {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      setPicked((now) =>
        now === null ? (by > 0 ? 0 : offers.length - 1) : (now + by + offers.length) % offers.length,
      );
    } else if (event.key === "Escape") {
      if (open) event.stopPropagation();
      else own.current?.blur();
      setOpen(false);
      setPicked(null);
    }
  };

  useLayoutEffect(() => {
    const mark = anchor.current;
    if (!mark || offers.length === 0) return;
    const next = { left: mark.offsetLeft, top: mark.offsetTop + mark.offsetHeight + 4 };
    // Left of the field's right end, so that the list is never cut off.
    const room = (mark.offsetParent?.clientWidth ?? 800) - 380;
    setPlace((now) =>
      now.left === next.left && now.top === next.top ? now : { ...next, left: Math.max(0, Math.min(next.left, room)) },
    );
  }, [text, caret.from, offers.length]);
  useLayoutEffect(() => {
    if (picked !== null) list.current?.children[picked]?.scrollIntoView({ block: "nearest" });
  }, [picked]);

  return (
    <div className="filter-field">
      <div className={`filter-editor ${wrong ? "wrong" : ""}`}>
        <div className="ink mono" aria-hidden>
          <Ink text={text} wrongAt={wrong?.position ?? null} />
        </div>
        <div className="ink mono measure" aria-hidden>
          {text.slice(0, caret.from)}
          <span ref={anchor}>&#8203;</span>
        </div>
        <textarea
          ref={ref}
          className="mono"
          rows={1}
          role="combobox"
          aria-label={label}
          aria-expanded={offers.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          {...(picked !== null && { "aria-activedescendant": `${id}-${picked}` })}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={placeholder}
          onChange={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onSelect={(event) => setPosition(event.currentTarget.selectionStart)}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setPicked(null);
            void run();
          }}
          onKeyDown={press}
        />
        {offers.length > 0 && (
          <div
            className="suggestions"
            id={id}
            role="listbox"
            aria-label={`Suggestions for ${label}`}
            ref={list}
            style={{ left: place.left, top: place.top }}
          >
            {offers.map((one, i) => (
              <div
                key={one.label}
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === picked}
                className={i === picked ? "on" : ""}
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(one);
                }}
              >
                <span className="cut mono">
                  <Marked text={one.label} typed={caret.typed} />
                </span>
                <span className="hint">{one.hint}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      {wrong && (
        <div className="filter-wrong" id={`${id}-wrong`} role="alert">
          {plain(wrong.message ?? "")}
          <span className="faint"> at character {(wrong.position ?? 0) + 1}</span>
        </div>
      )}
    </div>
  );
}

/** The service's own words without what the mark in the text says already. */
function plain(message: string): string {
  return message
    .replace(/^Invalid filter expression:\s*/i, "")
    .replace(/,?\s*at offset \d+$/i, "")
    .replace(/^./, (first) => first.toUpperCase());
}

function Ink({ text, wrongAt }: { text: string; wrongAt: number | null }) {
  return (
    <>
      {pieces(text).map(({ piece, from, look }) => {
        const bad = wrongAt !== null && look !== null && wrongAt >= from && wrongAt < from + piece.length;
        return look === null ? (
          piece
        ) : (
          <span key={from} className={`${look} ${bad ? "squiggle" : ""}`}>
            {piece}
          </span>
        );
      })}
      {wrongAt !== null && wrongAt >= text.trimEnd().length && <span className="squiggle">{"  "}</span>}
      {"\u200b"}
    </>
  );
}

function Marked({ text, typed }: { text: string; typed: string }) {
  const at = typed ? text.toLowerCase().indexOf(typed.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + typed.length)}</b>
      {text.slice(at + typed.length)}
    </>
  );
}

type Want = ReturnType<typeof readCaret>["want"];

function keywordOf(want: Want): string {
  return want.kind === "value" ? want.keyword : "";
}

/** Names and values of the data, loaded when the caret is in a place that needs them. */
function useKnown(range: TimeRange, text: string, position: number, want: Want["kind"], keyword: string): Known {
  const asked = want === "service" || want === "annotationKey" || (want === "value" && keyword !== "group.name");
  const services = useQuery({ ...servicesQuery(range), enabled: want === "service" }).data?.services;
  const groups = useQuery({ ...xrayGroupsQuery(), enabled: keyword === "group.name" }).data?.groups;
  const [at] = useDebouncedValue(
    useMemo(() => ({ text, position }), [text, position]),
    150,
  );
  const found = useQuery({ ...filterCompletionQuery(range, at.text, at.position), enabled: asked }).data?.items;
  return useMemo(() => {
    const texts = found?.map((one) => unquote(one.text)) ?? [];
    const own = services?.map((one) => one.service) ?? [];
    return {
      services: [...new Set([...(want === "service" ? texts : []), ...own])],
      groups: groups?.map((one) => one.name).filter((one) => one !== "Default") ?? [],
      annotations: want === "annotationKey" ? texts : [],
      values: want === "value" ? { [keyword]: texts } : {},
    };
  }, [found, services, groups, want, keyword]);
}
