import "../../styles/errors.css";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft, IconBellOff, IconCheck, IconRotate } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { itemQuery, occurrenceQuery, setItemStatus } from "../../api/queries";
import type { ItemDetail, ItemSummary } from "../../api/types.generated";
import { useKeys } from "../../parts/keys";
import { Ago, ItemStatus, Level, ProtocolBadge, Service, Sparkline } from "../../parts/Marks";
import { useRange } from "../../parts/range";
import { Failed, PageSkeleton, RowsSkeleton } from "../../parts/States";
import { formatCount, plural } from "../../values/format";
import { OccurrenceView } from "./OccurrenceView";

const route = getRouteApi("/errors/$itemId");

export default function ItemPage() {
  const { itemId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { refetchInterval } = useRange();
  const item = useQuery({ ...itemQuery(itemId), refetchInterval });
  // The latest occurrence comes with the item; any other one is fetched when it is chosen.
  const chosen = search.occurrence;
  const isLatest = chosen === undefined || chosen === item.data?.latest.occurrenceId;
  const other = useQuery({ ...occurrenceQuery(chosen ?? ""), enabled: !isLatest && item.isSuccess });
  const choose = (occurrence: string) =>
    void navigate({ search: (before) => ({ ...before, occurrence }), replace: true });

  const recent = item.data?.recent ?? [];
  const at = recent.findIndex((one) => one.occurrenceId === (chosen ?? item.data?.latest.occurrenceId));
  const step = (by: number) => {
    const next = recent[Math.max(0, Math.min(recent.length - 1, at + by))];
    if (next) choose(next.occurrenceId);
  };
  useKeys({ j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1) });

  if (item.isPending) return <PageSkeleton />;
  if (!item.data) return <Failed error={item.error} retry={() => void item.refetch()} />;
  const shown = isLatest ? item.data.latest : other.data;
  return (
    <div className="page">
      <Title item={item.data} />
      <div className="item-page">
        <section className="panel">
          {shown ? (
            <OccurrenceView
              occurrence={shown}
              isLatest={isLatest}
              tab={search.tab}
              setTab={(tab) => void navigate({ search: (before) => ({ ...before, tab }), replace: true })}
            />
          ) : other.isError ? (
            <Failed error={other.error} retry={() => void other.refetch()} />
          ) : (
            <RowsSkeleton rows={8} />
          )}
        </section>
        <div style={{ display: "grid", gap: 14 }}>
          <section className="panel">
            <header>
              <h2>Occurrences</h2>
              <span className="aside">{recent.length >= 100 ? "newest 100" : plural(recent.length, "time")}</span>
            </header>
            <div style={{ maxHeight: 480, overflow: "auto" }}>
              {recent.map((one, i) => (
                <button
                  key={one.occurrenceId}
                  className={`plain occ-row ${i === at ? "picked" : ""}`}
                  aria-current={i === at}
                  onClick={() => choose(one.occurrenceId)}
                >
                  <span className="cut" title={one.message ?? ""}>
                    {one.message ?? item.data.title}
                  </span>
                  <span className="faint">
                    <Ago iso={one.time} />
                  </span>
                  <span className="sub cut">{[one.person, one.host].filter(Boolean).join(" · ")}</span>
                  <span className="sub">{one.traceId ? "has a story" : ""}</span>
                </button>
              ))}
            </div>
          </section>
          {item.data.perHost.length > 0 && (
            <section className="panel">
              <header>
                <h2>Hosts</h2>
              </header>
              <table className="grid">
                <tbody>
                  {item.data.perHost.map((one) => (
                    <tr key={one.host}>
                      <td className="mono">{one.host}</td>
                      <td className="num">{formatCount(one.count)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </div>
      </div>
    </div>
  );
}

const DONE: Record<ItemSummary["status"], string> = { active: "Reopened", resolved: "Resolved", muted: "Muted" };

function Title({ item }: { item: ItemDetail }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (status: ItemSummary["status"]) => setItemStatus(item.itemId, status),
    onSuccess: (summary) => {
      queries.setQueryData(
        itemQuery(item.itemId).queryKey,
        (before) => before && { ...before, status: summary.status },
      );
      void queries.invalidateQueries({ queryKey: ["items"] });
      notifications.show({ message: `${DONE[summary.status]} #${item.counter}` });
    },
    onError: (error) =>
      notifications.show({ color: "red", title: "The change failed", message: error.message, autoClose: 8000 }),
  });
  const open = item.status === "active";
  useKeys({ r: () => change.mutate(open ? "resolved" : "active"), m: () => open && change.mutate("muted") });
  return (
    <div className="item-title">
      <div className="row">
        <Link to="/errors" className="link row" style={{ gap: 4 }}>
          <IconArrowLeft size={14} /> Errors
        </Link>
        <div className="grow" />
        {open ? (
          <>
            <Button
              leftSection={<IconCheck size={14} />}
              loading={change.isPending}
              onClick={() => change.mutate("resolved")}
              title="r"
            >
              Resolve
            </Button>
            <Button
              variant="default"
              leftSection={<IconBellOff size={14} />}
              disabled={change.isPending}
              onClick={() => change.mutate("muted")}
              title="m"
            >
              Mute
            </Button>
          </>
        ) : (
          <Button
            variant="default"
            leftSection={<IconRotate size={14} />}
            loading={change.isPending}
            onClick={() => change.mutate("active")}
            title="r"
          >
            Reopen
          </Button>
        )}
      </div>
      <div className="row wrap">
        <span className="mono faint">#{item.counter}</span>
        <h1>{item.title}</h1>
      </div>
      <div className="row wrap" style={{ gap: "6px 20px" }}>
        <span className="row" style={{ gap: 6 }}>
          <ItemStatus status={item.status} />
          <Level level={item.level} />
          <ProtocolBadge protocol={item.protocol} />
        </span>
        <div className="facts">
          <Service name={item.service} />
          {item.environment && <span>{item.environment}</span>}
          <span>
            <b>{formatCount(item.occurrences)}</b> times
          </span>
          <span>
            first <Ago iso={item.firstAt} />
          </span>
          <span>
            last <Ago iso={item.lastAt} />
          </span>
          <span className="faint" title="Occurrences with the same fingerprint are one item">
            fingerprint <span className="mono">{item.fingerprint.slice(0, 12)}</span>
          </span>
        </div>
        <div className="grow" />
        <Sparkline values={item.sparkline} width={220} height={28} />
      </div>
    </div>
  );
}
