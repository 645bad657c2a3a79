import { ActionIcon, Drawer, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import { IconHistory, IconSearch, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client";
import type { QueryAnnotation } from "../../api/types.generated";
import type { QuerySpec } from "../../api/written";
import { historyQuery } from "../../api/exploreQueries";
import { keptQuery, remove, savedQueriesQuery } from "../../api/manageQueries";
import { Ago } from "../../parts/Marks";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { ALL, describe, fromSpec, rangeOfSpec, type Question } from "../../query/question";
import type { TimeRange } from "../../values/timeRange";

type Open = (question: Question, range: TimeRange | null) => void;

export function HistoryPanel({ opened, close, open }: { opened: boolean; close: () => void; open: Open }) {
  const [tab, setTab] = useState("ran");
  const [find, setFind] = useState("");
  return (
    <Drawer opened={opened} onClose={close} position="right" size={520} title="Queries" padding={14}>
      <div style={{ display: "grid", gap: 12 }}>
        <div className="row">
          <SegmentedControl
            data={[
              { value: "ran", label: "Recent" },
              { value: "saved", label: "Saved" },
            ]}
            value={tab}
            onChange={setTab}
          />
          <TextInput
            className="grow"
            aria-label="Find a query"
            placeholder="Find"
            leftSection={<IconSearch size={14} />}
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
            data-autofocus
          />
        </div>
        {tab === "ran" ? <Ran find={find} open={open} /> : <Saved find={find} open={open} />}
      </div>
    </Drawer>
  );
}

function Ran({ find, open }: { find: string; open: Open }) {
  const query = useQuery(historyQuery());
  if (query.isPending) return <RowsSkeleton rows={6} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  const items = query.data.items
    .map((one) => ({ ...one, question: fromSpec(one.query, one.dataset) }))
    .filter((one) => `${describe(one.question)} ${one.dataset}`.toLowerCase().includes(find.trim().toLowerCase()));
  if (items.length === 0) return <None find={find} />;
  return (
    <div className="past-list">
      {items.map((one) => (
        <button key={one.id} className="plain past" onClick={() => open(one.question, null)}>
          <div className="grow">
            <div className="mono">{describe(one.question)}</div>
            <div className="faint">
              <Ago iso={one.at} />
              {one.dataset !== ALL && ` · in ${one.dataset}`}
            </div>
          </div>
        </button>
      ))}
    </div>
  );
}

function Saved({ find, open }: { find: string; open: Open }) {
  const query = useQuery(savedQueriesQuery(ALL));
  const queries = useQueryClient();
  if (query.isPending) return <RowsSkeleton rows={6} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  const items = query.data.filter((one) =>
    `${one.name} ${one.description}`.toLowerCase().includes(find.trim().toLowerCase()),
  );
  if (items.length === 0) return <None find={find} />;
  const load = async (one: QueryAnnotation) => {
    const spec = await call<QuerySpec>(`/api/queries/${ALL}/${encodeURIComponent(one.query_id)}`);
    open(fromSpec(spec, ALL), rangeOfSpec(spec));
  };
  return (
    <div className="past-list">
      {items.map((one) => (
        <div key={one.id} className="row">
          <button className="plain past grow" onClick={() => void load(one)}>
            <div className="grow">
              <b>{one.name}</b>
              {one.description && <div className="dim">{one.description}</div>}
              <SpecLine id={one.query_id} />
            </div>
          </button>
          <Tooltip label="Remove from the saved queries">
            <ActionIcon
              aria-label={`Remove ${one.name}`}
              onClick={() =>
                void remove("query_annotations", ALL, one.id).then(() =>
                  queries.invalidateQueries({ queryKey: ["manage", "query_annotations"] }),
                )
              }
            >
              <IconTrash size={14} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </div>
      ))}
    </div>
  );
}

function SpecLine({ id }: { id: string }) {
  const spec = useQuery(keptQuery(ALL, id)).data;
  return <div className="mono faint">{spec ? describe(fromSpec(spec, ALL)) : " "}</div>;
}

function None({ find }: { find: string }) {
  return (
    <Empty icon={<IconHistory size={26} stroke={1.5} />} title={find ? "No match" : "No queries yet"}>
      <p>{find ? "No query matches this text." : "Recent queries and saved queries are listed here."}</p>
    </Empty>
  );
}
