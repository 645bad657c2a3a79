import { Autocomplete, Button, SegmentedControl, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, type RefObject } from "react";
import { servicesQuery } from "../../api/queries";
import { questionOfTraces } from "../../query/fromPages";
import { OpenInQuery } from "../../parts/OpenInQuery";
import { CommitInput } from "../../parts/CommitInput";
import { useRange } from "../../parts/range";
import { formatMs, parseDurationMs } from "../../values/format";

export interface TraceSearch {
  service?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  httpStatus?: string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  attribute?: string[] | undefined;
  order?: string | undefined;
}

const duration = (text: string) => (parseDurationMs(text) === null ? "Like 200ms, 1.5s or 80us" : null);
const httpStatus = (text: string) => (/^[1-5](\d\d|xx)$/i.test(text) ? null : "Like 404 or 4xx");
const pair = (text: string) => (/^[^=\s]+=.+$/.test(text) ? null : "For example http.route=/api/home");

export function TraceFilterBar({
  search,
  change,
  first,
}: {
  search: TraceSearch;
  change: (next: Partial<TraceSearch>) => void;
  first: RefObject<HTMLInputElement | null>;
}) {
  const { range } = useRange();
  const services = useQuery(servicesQuery(range)).data?.services;
  const serviceNames = useMemo(() => {
    const names = new Set(services?.map((one) => one.service));
    if (search.service) names.add(search.service);
    return [...names].sort();
  }, [services, search.service]);
  const spanNames = useMemo(
    () =>
      [
        ...new Set(
          services?.filter((one) => !search.service || one.service === search.service).flatMap((one) => one.names),
        ),
      ].sort(),
    [services, search.service],
  );
  const filtered =
    search.service ?? search.name ?? search.status ?? search.httpStatus ?? search.min ?? search.max ?? search.attribute;

  return (
    <div className="filters">
      <Select
        ref={first}
        aria-label="Service"
        placeholder="Any service"
        data={serviceNames}
        value={search.service ?? null}
        onChange={(service) => change({ service: service ?? undefined })}
        searchable
        clearable
        w={170}
      />
      <NameInput names={spanNames} value={search.name ?? ""} commit={(name) => change({ name: name || undefined })} />
      <SegmentedControl
        aria-label="Status"
        data={[
          { value: "", label: "All" },
          { value: "ok", label: "OK" },
          { value: "error", label: "Errors" },
        ]}
        value={search.status ?? ""}
        onChange={(status) => change({ status: status || undefined })}
      />
      <CommitInput
        aria-label="HTTP status"
        placeholder="HTTP: 404, 5xx"
        value={search.httpStatus ?? ""}
        check={httpStatus}
        commit={(value) => change({ httpStatus: value.toLowerCase() || undefined })}
        w={112}
      />
      <CommitInput
        aria-label="Minimum duration"
        placeholder="≥ 200ms"
        value={search.min === undefined ? "" : formatMs(search.min)}
        check={duration}
        commit={(value) => change({ min: value ? (parseDurationMs(value) ?? undefined) : undefined })}
        w={84}
      />
      <CommitInput
        aria-label="Maximum duration"
        placeholder="≤ 2s"
        value={search.max === undefined ? "" : formatMs(search.max)}
        check={duration}
        commit={(value) => change({ max: value ? (parseDurationMs(value) ?? undefined) : undefined })}
        w={84}
      />
      <CommitInput
        aria-label="Attribute"
        placeholder="attribute=value"
        value=""
        clearAfter
        check={pair}
        commit={(value) => value && change({ attribute: [...new Set([...(search.attribute ?? []), value])] })}
        w={170}
      />
      {search.attribute?.map((one) => (
        <span className="chip" key={one}>
          <span className="mono">{one}</span>
          <button
            className="plain"
            aria-label={`Remove ${one}`}
            onClick={() => {
              const rest = search.attribute?.filter((other) => other !== one);
              change({ attribute: rest?.length ? rest : undefined });
            }}
          >
            <IconX size={12} />
          </button>
        </span>
      ))}
      {filtered !== undefined && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() =>
            change({
              service: undefined,
              name: undefined,
              status: undefined,
              httpStatus: undefined,
              min: undefined,
              max: undefined,
              attribute: undefined,
            })
          }
        >
          Clear filters
        </Button>
      )}
      <div className="grow" />
      <OpenInQuery question={questionOfTraces(search)} />
      <SegmentedControl
        aria-label="Order"
        data={[
          { value: "", label: "Newest" },
          { value: "slowest", label: "Slowest" },
        ]}
        value={search.order === "slowest" ? "slowest" : ""}
        onChange={(order) => change({ order: order || undefined })}
      />
    </div>
  );
}

function NameInput({ names, value, commit }: { names: string[]; value: string; commit: (name: string) => void }) {
  return (
    <Autocomplete
      key={value}
      aria-label="Name"
      placeholder="Name or route"
      data={names}
      defaultValue={value}
      limit={40}
      onOptionSubmit={commit}
      onBlur={(event) => event.currentTarget.value.trim() !== value && commit(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit(event.currentTarget.value.trim());
      }}
      w={200}
    />
  );
}
