import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { IconLayoutDashboard, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Board } from "../../api/types.generated";
import { boardsQuery, create } from "../../api/manageQueries";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { plural } from "../../values/format";
import "../../styles/boards.css";

export default function BoardsPage() {
  const boards = useQuery(boardsQuery());
  const [making, setMaking] = useState(false);
  return (
    <div className="page">
      <div className="page-title">
        <h1>Boards</h1>
        <span className="faint">several queries on one page</span>
        <div className="grow" />
        <Button leftSection={<IconPlus size={14} />} onClick={() => setMaking(true)}>
          New board
        </Button>
      </div>
      {boards.isPending ? (
        <section className="panel">
          <RowsSkeleton rows={5} />
        </section>
      ) : boards.isError ? (
        <section className="panel">
          <Failed error={boards.error} retry={() => void boards.refetch()} />
        </section>
      ) : boards.data.length === 0 ? (
        <section className="panel">
          <Empty icon={<IconLayoutDashboard size={28} stroke={1.5} />} title="No boards yet">
            <p>A board shows several queries on one page. Create one here, or save a query to a new board.</p>
            <div className="row">
              <Button onClick={() => setMaking(true)}>New board</Button>
              <Button variant="default" renderRoot={(props) => <Link to="/query" {...props} />}>
                New query
              </Button>
            </div>
          </Empty>
        </section>
      ) : (
        <div className="board-list">
          {boards.data.map((one) => (
            <Link key={one.id} className="panel board-card" to="/boards/$boardId" params={{ boardId: one.id }}>
              <Thumb board={one} />
              <div>
                <b>{one.name}</b>
                {one.description && <p className="dim cut">{one.description}</p>}
                <span className="faint">{plural(one.panels?.length ?? 0, "panel")}</span>
              </div>
            </Link>
          ))}
        </div>
      )}
      {making && <NewBoard close={() => setMaking(false)} />}
    </div>
  );
}

/** The board's layout in small. */
function Thumb({ board }: { board: Board }) {
  const places = (board.panels ?? []).flatMap((one) => (one.position ? [{ ...one.position, type: one.type }] : []));
  const rows = Math.max(6, ...places.map((one) => one.y_coordinate + one.height));
  return (
    <svg viewBox={`0 0 120 ${Math.min(rows, 14) * 6}`} preserveAspectRatio="xMidYMin slice" aria-hidden>
      {places.map((one, i) => (
        <rect
          key={i}
          x={one.x_coordinate * 10 + 1}
          y={one.y_coordinate * 6 + 1}
          width={Math.max(1, one.width * 10 - 2)}
          height={Math.max(1, one.height * 6 - 2)}
          rx={1.5}
          className={one.type}
        />
      ))}
    </svg>
  );
}

function NewBoard({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const make = useMutation({
    mutationFn: () =>
      create<Board>("boards", null, {
        name: name.trim(),
        description: description.trim(),
        type: "flexible",
        layout_generation: "manual",
        panels: [],
      }),
    onSuccess: (board) => {
      void queries.invalidateQueries({ queryKey: ["manage", "boards"] });
      void navigate({ to: "/boards/$boardId", params: { boardId: board.id }, search: { edit: "1" } });
    },
  });
  return (
    <Modal opened onClose={close} title="New board">
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextInput
          label="Name"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          size="xs"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {make.isError && <div className="bad">{make.error.message}</div>}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Create
          </Button>
        </div>
      </form>
    </Modal>
  );
}
