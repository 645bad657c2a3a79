import { Button, Popover } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { EventRow, QueryBody } from "../../api/written";
import { rowsQuery } from "../../api/exploreQueries";
import { ChipInput } from "../../parts/ChipInput";
import { useRowKeys } from "../../parts/rows";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { columnSuggestions } from "../../query/completion";
import { showCell, unitOfColumn } from "../../query/format";
import type { Question } from "../../query/question";
import { formatTime } from "../../values/format";
import { useColumns } from "./Builder";

const USUAL = ["service.name", "name", "duration_ms", "error"];
/** The main text of a row of any signal: a span's name, an error's title, a line's text. */
const WHAT = "what";
const MIXED = ["service.name", WHAT, "duration_ms"];
const OF_LOGS = ["service.name", "severity", "body"];
const OF_ERRORS = ["service.name", "level", "title"];

/** Where a row leads: its story, its log event, its occurrence. */
export function linkOf(row: EventRow): string | null {
  const { data } = row;
  if (row.signal === "errors" && typeof data.item_id === "string") {
    const occurrence =
      typeof data.occurrence_id === "string" ? `?occurrence=${encodeURIComponent(data.occurrence_id)}` : "";
    return `/errors/${encodeURIComponent(data.item_id)}${occurrence}`;
  }
  if (row.traceId) return `/story/${row.traceId}${row.spanId ? `?span=${row.spanId}` : ""}`;
  if (row.signal === "logs") {
    const params = new URLSearchParams();
    if (typeof data.log_group === "string") params.set("group", data.log_group);
    if (typeof data.log_stream === "string") params.set("stream", data.log_stream);
    return `/logs?${params.toString()}`;
  }
  return null;
}

export function RowsTab({
  body,
  question,
  columns,
  setColumns,
}: {
  body: QueryBody;
  question: Question;
  columns: string[] | undefined;
  setColumns: (columns: string[] | undefined) => void;
}) {
  const router = useRouter();
  const query = useInfiniteQuery(rowsQuery(body));
  const pages = query.data?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.rows) ?? [], [pages]);
  const [word, setWord] = useState("");
  const { columns: known } = useColumns(question, word);
  const shown = useMemo(() => {
    if (columns) return columns;
    const signals = new Set(rows.map((one) => one.signal));
    const usual =
      signals.size === 1 && signals.has("logs")
        ? OF_LOGS
        : signals.size === 1 && signals.has("errors")
          ? OF_ERRORS
          : USUAL;
    const used = [
      ...question.breakdowns,
      ...question.filters.map((one) => one.column),
      ...question.calculations.flatMap((one) => one.column ?? []),
    ];
    const wanted = [...new Set([...(signals.size > 1 ? MIXED : usual), ...used])];
    return wanted.filter((name) => !name.startsWith("meta."));
  }, [columns, rows, question]);

  const box = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 30,
    overscan: 12,
  });
  const open = (index: number) => {
    const link = rows[index] ? linkOf(rows[index]) : null;
    if (link) router.history.push(link);
  };
  const keys = useMemo(() => rows.map((_, i) => String(i)), [rows]);
  const { picked } = useRowKeys(keys, open, (index) => list.scrollToIndex(index));
  const last = list.getVirtualItems().at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (last >= rows.length - 30 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (query.isPending) return <RowsSkeleton rows={10} />;
  if (query.isError && rows.length === 0) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (rows.length === 0)
    return (
      <Empty icon={<IconColumns3 size={28} stroke={1.5} />} title="No row matches the filters">
        <p>No row in this time range matches the filters. Remove a filter, or choose a longer time range.</p>
      </Empty>
    );
  const template = `132px 66px ${shown.map((name) => (/^(what|body|title|name|exception\.message)$/.test(name) ? "minmax(220px, 2.4fr)" : "minmax(110px, 1fr)")).join(" ")}`;
  return (
    <section className="panel rows-view">
      <header>
        <span className="dim">Newest first. Click a row to open its story.</span>
        <div className="aside">
          <Popover width={460} position="bottom-end" trapFocus={false}>
            <Popover.Target>
              <Button variant="default" leftSection={<IconColumns3 size={14} />}>
                Columns
              </Button>
            </Popover.Target>
            <Popover.Dropdown p={12}>
              <ChipInput
                label="Columns of the table"
                items={shown}
                show={(one) => one}
                parse={(text) => text.trim().replaceAll("`", "") || null}
                trouble={() => "A column's name"}
                suggest={(text) =>
                  columnSuggestions(
                    known.filter((one) => !shown.includes(one.name)),
                    text.trim(),
                    "",
                    true,
                  )
                }
                typed={setWord}
                change={(next) => setColumns(next.length > 0 ? next : undefined)}
                placeholder="Add a column"
                names
              />
            </Popover.Dropdown>
          </Popover>
        </div>
      </header>
      <div className="scroll" ref={box}>
        <div style={{ minWidth: 200 + shown.length * 130 }}>
          <div className="event-row head" style={{ gridTemplateColumns: template }}>
            <span>time</span>
            <span>signal</span>
            {shown.map((name) => (
              <span key={name} className="cut" title={name}>
                {name}
              </span>
            ))}
          </div>
          <div style={{ height: list.getTotalSize(), position: "relative" }}>
            {list.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              const link = linkOf(row);
              return (
                <a
                  key={item.key}
                  href={link ?? undefined}
                  className={`event-row ${item.index === picked ? "picked" : ""} ${row.data.error === true ? "failed" : ""}`}
                  style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return;
                    event.preventDefault();
                    open(item.index);
                  }}
                >
                  <span className="mono dim">{formatTime(row.time, Date.now())}</span>
                  <span className="faint">{row.signal.replace(/s$/, "")}</span>
                  {shown.map((name) => {
                    const value = name === WHAT ? (row.data.name ?? row.data.title ?? row.data.body) : row.data[name];
                    const absent = value === null || value === undefined;
                    return (
                      <span
                        key={name}
                        className={`cut ${typeof value === "number" ? "num" : ""}`}
                        title={absent ? undefined : String(value)}
                      >
                        {absent ? <span className="faint">·</span> : showCell(value, unitOfColumn(name))}
                      </span>
                    );
                  })}
                </a>
              );
            })}
          </div>
        </div>
      </div>
      <div className="more">
        {rows.length.toLocaleString("en-US")} rows{hasNextPage ? ", scroll for more" : ", no more rows"}
      </div>
    </section>
  );
}
