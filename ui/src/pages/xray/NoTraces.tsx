import { Button } from "@mantine/core";
import { IconTimeline } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { servicesQuery } from "../../api/queries";
import { useRange } from "../../parts/range";
import { Empty } from "../../parts/States";
import { describeRange } from "../../values/timeRange";
import { quote } from "../../xray/filterTokens";

/** Explains an empty list, and suggests changes. */
export function NoTraces({
  filter,
  group,
  narrowed,
  widen,
  use,
  leaveGroup,
}: {
  filter: string | undefined;
  group: string | undefined;
  narrowed: boolean;
  widen: () => void;
  use: (filter: string | undefined) => void;
  leaveGroup: () => void;
}) {
  const { range } = useRange();
  const services = useQuery(servicesQuery(range)).data?.services ?? [];
  const narrow = narrowed || filter !== undefined || group !== undefined;
  const service = services[0]?.service ?? "backend-flask";
  const tries = [`service(${quote(service)})`, "fault OR error", "responsetime > 0.5"].filter((one) => one !== filter);
  return (
    <Empty
      icon={<IconTimeline size={28} stroke={1.5} />}
      title={narrow ? "No trace matches" : "No traces in this time range"}
    >
      <p>
        {describeRange(range)}
        {group && `, group ${group}`}.{" "}
        {narrow
          ? "Choose a longer time range, or remove a filter."
          : "Set AWS_XRAY_DAEMON_ADDRESS of an X-Ray SDK or the endpoint of an OpenTelemetry exporter to Weir, or choose a longer time range."}
      </p>
      <div className="row wrap" style={{ justifyContent: "center" }}>
        {narrowed && (
          <Button variant="default" onClick={widen}>
            Clear codes and times
          </Button>
        )}
        {filter !== undefined && (
          <Button variant="default" onClick={() => use(undefined)}>
            Clear the expression
          </Button>
        )}
        {group !== undefined && (
          <Button variant="default" onClick={leaveGroup}>
            All groups
          </Button>
        )}
        {!narrow && (
          <Button variant="default" renderRoot={(props) => <Link to="/setup" search={{ client: "xray" }} {...props} />}>
            Set up X-Ray
          </Button>
        )}
      </div>
      {narrow && (
        <p>
          Try{" "}
          {tries.map((one, i) => (
            <span key={one}>
              {i > 0 && (i === tries.length - 1 ? " or " : ", ")}
              <button className="link mono" onClick={() => use(one)}>
                {one}
              </button>
            </span>
          ))}
          .
        </p>
      )}
    </Empty>
  );
}
