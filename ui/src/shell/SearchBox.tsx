import { Loader, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconBug,
  IconFileText,
  IconListDetails,
  IconSearch,
  IconServer,
  IconSitemap,
  IconTimeline,
  type Icon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState, type RefObject } from "react";
import { ApiError } from "../api/client";
import { search, searchQuery } from "../api/queries";
import type { SearchResult } from "../api/types.generated";
import { Ago, Kbd } from "../parts/Marks";
import { recogniseId } from "../values/ids";

type Match = SearchResult["matches"][number];

const ICONS: Record<Match["kind"], Icon> = {
  trace: IconTimeline,
  span: IconSitemap,
  log: IconFileText,
  occurrence: IconBug,
  item: IconBug,
  logGroup: IconListDetails,
  service: IconServer,
};

/** One search box: an id opens its page, a text lists its matches. */
export function SearchBox({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState(0);
  const [going, setGoing] = useState(false);
  const [wanted] = useDebouncedValue(text.trim(), 180);
  const found = useQuery(searchQuery(open ? wanted : ""));
  const matches = found.data?.matches ?? [];

  const leave = (link: string) => {
    setOpen(false);
    setText("");
    input.current?.blur();
    router.history.push(link);
  };

  // An id that can only be one thing opens at once; a doubtful one is looked up, and a trace id is
  // opened even when the search finds nothing, because the story page explains best what is missing.
  const go = async (raw: string): Promise<void> => {
    const id = recogniseId(raw);
    const story = id?.kind === "trace" ? `/story/${id.traceId}${id.spanId ? `?span=${id.spanId}` : ""}` : null;
    if (story && id?.kind === "trace" && id.certain) {
      leave(story);
      return;
    }
    setGoing(true);
    try {
      const result = await search(raw);
      const only = result.matches.length === 1 ? result.matches[0] : undefined;
      if (only) leave(only.link);
      else if (story && result.matches.length === 0) leave(story);
      else setOpen(true);
    } catch {
      if (story) leave(story);
      else setOpen(true);
    } finally {
      setGoing(false);
    }
  };

  return (
    <div className="search" role="search">
      <TextInput
        ref={input}
        value={text}
        placeholder="Search or paste any id: trace, X-Ray, span, occurrence…"
        aria-label="Search any id or text"
        leftSection={<IconSearch size={15} stroke={1.7} />}
        rightSection={going || (open && found.isFetching) ? <Loader size={13} /> : <Kbd>/</Kbd>}
        rightSectionPointerEvents="none"
        size="xs"
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setPicked(0);
          setOpen(true);
        }}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData("text");
          if (recogniseId(pasted)) {
            event.preventDefault();
            setText(pasted.trim());
            void go(pasted.trim());
          }
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            setOpen(false);
            input.current?.blur();
          } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const by = event.key === "ArrowDown" ? 1 : -1;
            setPicked((before) => Math.max(0, Math.min(matches.length - 1, before + by)));
          } else if (event.key === "Enter" && text.trim()) {
            const match = wanted === text.trim() ? matches[picked] : undefined;
            if (match) leave(match.link);
            else void go(text.trim());
          }
        }}
      />
      {open && text.trim() && (
        <div className="results" role="listbox" aria-label="Search results">
          {matches.map((match, i) => (
            <Hit
              key={`${match.kind}-${match.id}`}
              match={match}
              on={i === picked}
              hover={() => setPicked(i)}
              pick={() => leave(match.link)}
            />
          ))}
          {found.data?.notice && <div className="hint">{found.data.notice}</div>}
          {found.isError && (
            <div className="hint bad">
              {found.error instanceof ApiError ? found.error.message : "The search failed."}
            </div>
          )}
          {found.isSuccess && matches.length === 0 && wanted === text.trim() && (
            <div className="hint">
              Nothing found for “{wanted}”. Ids are found over all time; text in the time that is kept.
            </div>
          )}
          {found.isPending && <div className="hint">Searching…</div>}
        </div>
      )}
    </div>
  );
}

function Hit({ match, on, hover, pick }: { match: Match; on: boolean; hover: () => void; pick: () => void }) {
  const Icon = ICONS[match.kind];
  return (
    <div
      className={`hit ${on ? "on" : ""}`}
      role="option"
      aria-selected={on}
      onMouseMove={hover}
      onMouseDown={(event) => {
        event.preventDefault();
        pick();
      }}
    >
      <Icon size={16} stroke={1.6} />
      <div className="grow">
        <div className="cut">{match.title}</div>
        <div className="cut faint" style={{ fontSize: 11.5 }}>
          {match.detail}
        </div>
      </div>
      <span className="faint" style={{ fontSize: 11.5 }}>
        {match.time && <Ago iso={match.time} />}
      </span>
    </div>
  );
}
