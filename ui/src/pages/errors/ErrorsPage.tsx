import "../../styles/lists.css";
import "../../styles/errors.css";
import { SegmentedControl, Select } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { itemsQuery, servicesQuery } from "../../api/queries";
import type { ItemSummary } from "../../api/types.generated";
import { CommitInput } from "../../parts/CommitInput";
import { useKeys } from "../../parts/keys";
import { LoadMore } from "../../parts/LoadMore";
import { Ago, ItemStatus, Level, ProtocolBadge, Service, Sparkline } from "../../parts/Marks";
import { useRange } from "../../parts/range";
import { useRowKeys } from "../../parts/rows";
import { Empty, Failed, Notice, RowsSkeleton } from "../../parts/States";
import { formatCount } from "../../values/format";
import { describeRange } from "../../values/timeRange";

const route = getRouteApi("/errors");

export default function ErrorsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const { status, level, service, environment, text, order } = search;
  const finder = useRef<HTMLInputElement>(null);

  const query = useInfiniteQuery({
    ...itemsQuery(range, { status, level, service, environment, text, order }),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refetchInterval),
  });
  const services = useQuery(servicesQuery(range)).data?.services.map((one) => one.service) ?? [];
  const pages = query.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const keys = useMemo(() => items.map((one) => one.itemId), [items]);
  const change = (next: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...next }) });
  const { picked, box } = useRowKeys(keys, (index) => {
    const item = items[index];
    if (item) void navigate({ to: "/errors/$itemId", params: { itemId: item.itemId } });
  });
  useKeys({ f: () => finder.current?.focus() });
  const filtered = [status, level, service, environment, text].some((one) => one !== undefined);

  return (
    <div className="page">
      <div className="filters">
        <CommitInput
          ref={finder}
          aria-label="Text in the title"
          placeholder="Text in the title"
          value={text ?? ""}
          commit={(value) => change({ text: value || undefined })}
          w={230}
        />
        <SegmentedControl
          aria-label="Status"
          data={[
            { value: "", label: "All" },
            { value: "active", label: "Active" },
            { value: "resolved", label: "Resolved" },
            { value: "muted", label: "Muted" },
          ]}
          value={status ?? ""}
          onChange={(value) => change({ status: value || undefined })}
        />
        <Select
          aria-label="Level"
          placeholder="Any level"
          data={["critical", "error", "warning", "info", "debug"]}
          value={level ?? null}
          onChange={(value) => change({ level: value ?? undefined })}
          clearable
          w={120}
        />
        <Select
          aria-label="Service"
          placeholder="Any service"
          data={[...new Set([...services, ...(service ? [service] : [])])].sort()}
          value={service ?? null}
          onChange={(value) => change({ service: value ?? undefined })}
          searchable
          clearable
          w={160}
        />
        <CommitInput
          aria-label="Environment"
          placeholder="Environment"
          value={environment ?? ""}
          commit={(value) => change({ environment: value || undefined })}
          w={120}
        />
        <div className="grow" />
        <SegmentedControl
          aria-label="Order"
          data={[
            { value: "", label: "Newest" },
            { value: "most", label: "Most" },
            { value: "first", label: "First seen" },
          ]}
          value={order ?? ""}
          onChange={(value) => change({ order: value || undefined })}
        />
      </div>
      {pages?.[0]?.notice && <Notice>{pages[0].notice}</Notice>}
      <section className="panel">
        {query.isPending ? (
          <RowsSkeleton rows={8} />
        ) : query.isError && items.length === 0 ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <Empty
            icon={<IconBug size={28} stroke={1.5} />}
            title={filtered ? "No error matches these filters" : "No errors in this time range"}
          >
            <p>
              {describeRange(range)}.{" "}
              {filtered ? (
                "Remove a filter or choose a longer time range."
              ) : (
                <>
                  Nothing failed, or no error reporting is set up:{" "}
                  <Link className="link" to="/setup" search={{ client: "rollbar" }}>
                    set up error reporting
                  </Link>
                  .
                </>
              )}
            </p>
          </Empty>
        ) : (
          <>
            <div className="item-head">
              <span>Level</span>
              <span>Error</span>
              <span>{describeRange(range)}</span>
              <span className="num">Count</span>
              <span className="num">First seen</span>
              <span className="num">Last seen</span>
              <span className="status">Status</span>
            </div>
            <div ref={box}>
              {items.map((item, i) => (
                <ItemRow key={item.itemId} item={item} picked={picked === i} />
              ))}
            </div>
            <LoadMore
              shown={items.length}
              noun="item"
              hasMore={query.hasNextPage}
              loading={query.isFetchingNextPage}
              load={() => void query.fetchNextPage()}
              paused={refetchInterval !== false && (pages?.length ?? 0) > 1}
            />
          </>
        )}
      </section>
    </div>
  );
}

function ItemRow({ item, picked }: { item: ItemSummary; picked: boolean }) {
  return (
    <Link
      to="/errors/$itemId"
      params={{ itemId: item.itemId }}
      className={`item-row ${picked ? "picked" : ""} ${item.status === "active" ? "" : "done"}`}
      data-key={item.itemId}
    >
      <span>
        <Level level={item.level} />
      </span>
      <span style={{ minWidth: 0 }}>
        <div className="cut title" style={{ fontWeight: 550 }} title={item.title}>
          {item.title}
        </div>
        <div className="sub">
          <span className="mono">#{item.counter}</span>
          <Service name={item.service} />
          {item.environment && <span>{item.environment}</span>}
          <ProtocolBadge protocol={item.protocol} />
        </div>
      </span>
      <Sparkline values={item.sparkline} width={140} height={26} />
      <span className="num" style={{ fontWeight: 550 }}>
        {formatCount(item.occurrences)}
      </span>
      <span className="num faint">
        <Ago iso={item.firstAt} />
      </span>
      <span className="num">
        <Ago iso={item.lastAt} />
      </span>
      <span className="status">
        <ItemStatus status={item.status} />
      </span>
    </Link>
  );
}
