import "../../styles/story.css";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { ApiError } from "../../api/client";
import { storyQuery } from "../../api/queries";
import type { StoryAnswer } from "../../api/types.generated";
import { useRange } from "../../parts/range";
import { useStable } from "../../parts/stable";
import { Bone, Failed, Notice, RowsSkeleton } from "../../parts/States";
import { Detail } from "./Detail";
import { Candidates } from "./Candidates";
import { Parts } from "./Parts";
import { useSettled } from "./settled";
import { StoryHead } from "./StoryHead";
import { UNFOLDED, type Folding } from "./rows";
import { buildTree, findKey, keyOf } from "./tree";
import { useColouring } from "./useColouring";
import { Waterfall } from "./Waterfall";

const route = getRouteApi("/story/$traceId");
/** A request this young may still be arriving: the page looks again by itself. */
const FRESH_MS = 60_000;

export default function StoryPage() {
  const { traceId } = route.useParams();
  const { live } = useRange();
  const story = useQuery({
    ...storyQuery(traceId),
    refetchInterval: (query) => {
      const data = query.state.data;
      return live && data && Date.now() - Date.parse(data.start) < FRESH_MS ? 3_000 : false;
    },
  });
  if (story.isPending)
    return (
      <div className="page">
        <Bone width={320} height={22} />
        <Bone width={520} />
        <div className="panel">
          <RowsSkeleton rows={12} />
        </div>
      </div>
    );
  if (!story.data) {
    const missing = story.error instanceof ApiError && story.error.problem.status === 404;
    return (
      <>
        <Failed error={story.error} retry={() => void story.refetch()} />
        {missing && (
          <div className="row" style={{ justifyContent: "center" }}>
            <Button variant="subtle" renderRoot={(props) => <Link to="/traces" {...props} />}>
              Show the newest traces
            </Button>
          </div>
        )}
      </>
    );
  }
  return <Told key={story.data.traceId} story={story.data} />;
}

function Told({ story }: { story: StoryAnswer }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tree = useMemo(() => buildTree(story), [story]);
  const { colouring, busy } = useColouring(tree, search.colour ?? "service.name");
  const matched = useMemo(
    () => new Set(story.parts.filter((one) => one.link.by === "match").map((one) => one.id)),
    [story],
  );
  const hidden = useMemo(() => new Set(search.hide), [search.hide]);

  const [selected, select] = useSettled<string | undefined>(
    search.span,
    (span) => void navigate({ search: (before) => ({ ...before, span }), replace: true }),
  );
  const [zoom, setZoom] = useSettled<{ from: number; to: number } | null>(
    search.from !== undefined && search.to !== undefined && search.from < search.to
      ? { from: search.from, to: search.to }
      : null,
    (next) =>
      void navigate({
        search: (before) => ({
          ...before,
          from: next ? Math.round(next.from) : undefined,
          to: next ? Math.round(next.to) : undefined,
        }),
        replace: true,
      }),
  );
  const [find, setFind] = useSettled(
    search.find ?? "",
    (text) => void navigate({ search: (before) => ({ ...before, find: text || undefined }), replace: true }),
  );
  const [folding, setFolding] = useSettled<Folding>(
    useMemo(
      () => ({
        ...UNFOLDED,
        depth: search.depth ?? null,
        names: search.foldName ?? [],
        closed: search.fold ?? [],
        opened: search.unfold ?? [],
      }),
      [search.depth, search.foldName, search.fold, search.unfold],
    ),
    (next) =>
      void navigate({
        search: (before) => ({
          ...before,
          depth: next.depth ?? undefined,
          foldName: some(next.names),
          fold: some(next.closed),
          unfold: some(next.opened),
        }),
        replace: true,
      }),
  );
  const [showPath, setShowPath] = useSettled(
    search.path === "on",
    (on) => void navigate({ search: (before) => ({ ...before, path: on ? "on" : undefined }), replace: true }),
  );
  const setColour = useStable((field: string) => {
    void navigate({
      search: (before) => ({ ...before, colour: field === "service.name" ? undefined : field }),
      replace: true,
    });
  });
  const toggle = useStable((id: string) => {
    void navigate({
      search: (before) => {
        const next = new Set(before.hide);
        if (!next.delete(id)) next.add(id);
        return { ...before, hide: next.size > 0 ? [...next] : undefined };
      },
      replace: true,
    });
  });
  const setTab = useStable((tab: string) => {
    void navigate({ search: (before) => ({ ...before, tab }), replace: true });
  });
  const selectEntry = useStable((one: number) => select(one >= 0 ? keyOf(tree, one) : undefined));
  const close = useStable(() => select(undefined));

  const entry = findKey(tree, selected);
  // The row is marked at once; the panel beside it, hundreds of elements, opens when the browser has time.
  const opened = useDeferredValue(entry >= 0);
  return (
    <div className="story">
      <StoryHead story={story} tree={tree} freshMs={FRESH_MS} />
      <Parts parts={story.parts} hidden={hidden} toggle={toggle} />
      {story.notices.length > 0 && (
        <div className="story-notices">
          {story.notices.map((one) => (
            <Notice key={one}>{one}</Notice>
          ))}
        </div>
      )}
      <Candidates candidates={story.candidates} />
      <div className="story-body">
        <Waterfall
          tree={tree}
          colouring={colouring}
          colouringBusy={busy}
          setColour={setColour}
          matched={matched}
          hidden={hidden}
          selected={selected}
          select={select}
          zoom={zoom}
          setZoom={setZoom}
          find={find}
          setFind={setFind}
          folding={folding}
          setFolding={setFolding}
          showPath={showPath}
          setShowPath={setShowPath}
        />
        {entry >= 0 && opened && (
          <Detail
            key={entry}
            tree={tree}
            entry={entry}
            story={story}
            colouring={colouring}
            tab={search.tab}
            setTab={setTab}
            select={selectEntry}
            setColour={setColour}
            setFind={setFind}
            close={close}
          />
        )}
      </div>
    </div>
  );
}

/** A list for the URL: not without end, and nothing at all when it is empty. */
function some(list: readonly string[]): string[] | undefined {
  return list.length > 0 ? list.slice(-MOST_IN_URL) : undefined;
}
const MOST_IN_URL = 60;
