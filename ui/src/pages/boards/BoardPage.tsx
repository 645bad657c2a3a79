import { ActionIcon, Button, Menu, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChartHistogram, IconChevronLeft, IconDots, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Board, Panel, PanelPosition, QueryAnnotation, Slo } from "../../api/types.generated";
import { boardQuery, remove, replace, savedQueriesQuery, slosQuery } from "../../api/manageQueries";
import { useRange } from "../../parts/range";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { useEverywhere } from "../../query/everywhere";
import { BoardGrid } from "./BoardGrid";
import { nextPlace, placed } from "./layout";
import { PanelView } from "./PanelView";
import "../../styles/boards.css";
import "../../styles/query.css";

const route = getRouteApi("/boards/$boardId");

export default function BoardPage() {
  const { boardId } = route.useParams();
  const board = useQuery(boardQuery(boardId));
  if (board.isPending)
    return (
      <div className="page">
        <section className="panel">
          <RowsSkeleton rows={8} />
        </section>
      </div>
    );
  if (board.isError)
    return (
      <div className="page">
        <section className="panel">
          <Failed error={board.error} retry={() => void board.refetch()} />
        </section>
      </div>
    );
  return <BoardView key={boardId} board={board.data} />;
}

function BoardView({ board }: { board: Board }) {
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const queries = useQueryClient();
  const editing = edit === "1";
  const [draft, setDraft] = useState<Board | null>(null);
  const shown = editing ? (draft ?? board) : board;
  const panels = placed(shown.panels ?? []);
  const setEditing = (on: boolean) => {
    setDraft(null);
    void navigate({ search: (old) => ({ ...old, edit: on ? "1" : undefined }), replace: true });
  };
  const change = (next: Partial<Board>) => setDraft({ ...shown, ...next });
  const changePanels = (next: Panel[]) => change({ panels: next });

  const save = useMutation({
    mutationFn: () => replace<Board>("boards", null, board.id, { ...shown, type: "flexible", panels }),
    onSuccess: (saved) => {
      queries.setQueryData(boardQuery(board.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: ["manage", "boards"] });
      setEditing(false);
    },
  });
  const drop = useMutation({
    mutationFn: () => remove("boards", null, board.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["manage", "boards"] });
      notifications.show({ message: `The board ${board.name} was deleted. Its queries remain saved.` });
      void navigate({ to: "/boards" });
    },
  });
  const add = (panel: Panel, width: number, height: number) =>
    changePanels([...panels, { ...panel, position: nextPlace(panels, width, height) }]);

  return (
    <div className="page">
      <div className="board-head">
        <Link to="/boards" className="faint back" aria-label="All boards">
          <IconChevronLeft size={16} />
        </Link>
        {editing ? (
          <>
            <TextInput
              aria-label="Name"
              value={shown.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
              w={220}
            />
            <TextInput
              aria-label="Description"
              placeholder="Description"
              value={shown.description}
              onChange={(event) => change({ description: event.currentTarget.value })}
              className="grow"
            />
            <AddPanel add={add} />
            <Button variant="default" onClick={() => setEditing(false)}>
              Cancel
            </Button>
            <Button loading={save.isPending} onClick={() => save.mutate()}>
              Done
            </Button>
          </>
        ) : (
          <>
            <h1>{board.name}</h1>
            <span className="dim cut grow">{board.description}</span>
            <Button variant="default" onClick={() => setEditing(true)}>
              Edit
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon aria-label="More" size={30}>
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item color="red" onClick={() => drop.mutate()}>
                  Delete this board
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </div>
      {(save.isError || drop.isError) && <div className="bad">{(save.error ?? drop.error)?.message}</div>}
      {panels.length === 0 ? (
        <section className="panel">
          <Empty icon={<IconChartHistogram size={28} stroke={1.5} />} title="This board is empty">
            <p>
              {editing
                ? "Use the menu above to add a saved query, an SLO or a note."
                : "Save a query to this board on the Query page, or click Edit to add notes and SLOs."}
            </p>
            <Button variant="default" renderRoot={(props) => <Link to="/query" {...props} />}>
              New query
            </Button>
          </Empty>
        </section>
      ) : (
        <BoardGrid
          positions={panels.map((one) => one.position)}
          editing={editing}
          move={(positions: PanelPosition[]) =>
            changePanels(panels.map((one, i) => ({ ...one, position: positions[i] ?? one.position })))
          }
          render={(i, height) => {
            const panel = panels[i];
            if (!panel) return null;
            return (
              <PanelView
                panel={panel}
                height={height}
                range={range}
                every={refetchInterval === false ? false : 4 * refetchInterval}
                editing={editing}
                change={(next) =>
                  changePanels(panels.map((one, at) => (at === i ? { ...next, position: one.position } : one)))
                }
                remove={() => changePanels(panels.filter((_, at) => at !== i))}
              />
            );
          }}
        />
      )}
    </div>
  );
}

function AddPanel({ add }: { add: (panel: Panel, width: number, height: number) => void }) {
  const saved = useEverywhere<QueryAnnotation>(savedQueriesQuery).items;
  const slos = useEverywhere<Slo>(slosQuery).items;
  const query = (one: (typeof saved)[number]): Panel => ({
    type: "query",
    query_panel: { query_id: one.query_id, query_annotation_id: one.id, query_style: "graph", dataset: one.dataset },
  });
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconPlus size={14} />}>
          Add
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflow: "auto" }}>
        <Menu.Item onClick={() => add({ type: "text", text_panel: { content: "## Note\nWhat to look for." } }, 4, 3)}>
          A note
        </Menu.Item>
        {slos.length > 0 && <Menu.Label>SLOs</Menu.Label>}
        {slos.map((one) => (
          <Menu.Item key={one.id} onClick={() => add({ type: "slo", slo_panel: { slo_id: one.id } }, 3, 3)}>
            {one.name}
          </Menu.Item>
        ))}
        <Menu.Label>Saved queries</Menu.Label>
        {saved.length === 0 && <Menu.Item disabled>None: save a query on the Query page</Menu.Item>}
        {saved.map((one) => (
          <Menu.Item key={one.id} onClick={() => add(query(one), 6, 5)}>
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
