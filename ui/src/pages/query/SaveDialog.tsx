import { Button, Modal, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { Board, Panel, QueryAnnotation } from "../../api/types.generated";
import type { QuerySpec } from "../../api/written";
import { boardsQuery, create, replace } from "../../api/manageQueries";
import { describe, toSpec, within, type Question } from "../../query/question";
import type { TimeRange } from "../../values/timeRange";
import { nextPlace } from "../boards/layout";
import type { ChartFlags } from "./SeriesPlot";

const NEW = "new";

export function SaveDialog({
  question,
  range,
  flags,
  close,
}: {
  question: Question;
  range: TimeRange;
  flags: ChartFlags;
  close: () => void;
}) {
  const queries = useQueryClient();
  // Notifications stand outside the router's tree: a link in one finds its way by hand.
  const router = useRouter();
  const [name, setName] = useState(describe(question).slice(0, 80));
  const [description, setDescription] = useState("");
  const [boardId, setBoardId] = useState<string | null>(null);
  const [newBoard, setNewBoard] = useState("");
  const [style, setStyle] = useState<"graph" | "table" | "combo" | "stat">("graph");
  const boards = useQuery(boardsQuery());

  const save = useMutation({
    mutationFn: async () => {
      const { dataset } = question;
      const kept = await create<QuerySpec>("queries", dataset, within(toSpec(question), range));
      const saved = await create<QueryAnnotation>("query_annotations", dataset, {
        name: name.trim(),
        description: description.trim(),
        query_id: kept.id ?? "",
        ...(boardId && { source: "board" as const }),
      });
      if (!boardId) return null;
      const found = boards.data?.find((one) => one.id === boardId);
      const board =
        found ??
        (await create<Board>("boards", null, { name: newBoard.trim() || "New board", type: "flexible", panels: [] }));
      const panels = board.panels ?? [];
      const chart = {
        ...(style === "stat"
          ? { chart_type: "stat" as const }
          : flags.stacked
            ? { chart_type: "stacked" as const }
            : {}),
        ...(flags.log && { log_scale: true }),
        ...(flags.omit && { omit_missing_values: true }),
      };
      const panel: Panel = {
        type: "query",
        position: nextPlace(panels, style === "stat" ? 3 : 6, style === "stat" ? 3 : 5),
        query_panel: {
          query_id: kept.id ?? "",
          query_annotation_id: saved.id,
          query_style: style === "stat" ? "graph" : style,
          dataset,
          ...(Object.keys(chart).length > 0 && {
            visualization_settings: {
              charts: (question.calculations.length ? question.calculations : [null]).map((_, i) => ({
                chart_index: i,
                ...chart,
              })),
            },
          }),
        },
      };
      return replace<Board>("boards", null, board.id, { ...board, type: "flexible", panels: [...panels, panel] });
    },
    onSuccess: (board) => {
      void queries.invalidateQueries({ queryKey: ["manage"] });
      notifications.show({
        message: board ? (
          <>
            On the board{" "}
            <a
              className="link"
              href={`/boards/${board.id}`}
              onClick={(event) => {
                event.preventDefault();
                router.history.push(`/boards/${board.id}`);
              }}
            >
              {board.name}
            </a>
          </>
        ) : (
          "Saved. You find it in the history panel under Saved."
        ),
        autoClose: 5000,
      });
      close();
    },
  });

  return (
    <Modal opened onClose={close} title="Save this query">
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          maxLength={320}
          data-autofocus
        />
        <Textarea
          label="Description"
          size="xs"
          autosize
          minRows={2}
          placeholder="What the query shows, and what to look for"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Select
          label="Add to a board"
          placeholder="No board"
          clearable
          data={[
            ...(boards.data ?? []).map((one) => ({ value: one.id, label: one.name })),
            { value: NEW, label: "New board…" },
          ]}
          value={boardId}
          onChange={setBoardId}
        />
        {boardId === NEW && (
          <TextInput
            label="Name of the new board"
            value={newBoard}
            onChange={(event) => setNewBoard(event.currentTarget.value)}
            required
          />
        )}
        {boardId && (
          <SegmentedControl
            aria-label="Shown as"
            value={style}
            onChange={(value) => setStyle(value)}
            data={[
              { value: "graph", label: "Chart" },
              { value: "table", label: "Table" },
              { value: "combo", label: "Both" },
              { value: "stat", label: "Number" },
            ]}
          />
        )}
        {save.isError && <div className="bad">{save.error.message}</div>}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  );
}
