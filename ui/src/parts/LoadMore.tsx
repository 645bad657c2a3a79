import { Button } from "@mantine/core";
import { plural } from "../values/format";

export function LoadMore({
  shown,
  noun,
  hasMore,
  loading,
  load,
  paused,
}: {
  shown: number;
  noun: string;
  hasMore: boolean;
  loading: boolean;
  load: () => void;
  paused: boolean;
}) {
  return (
    <div className="more">
      <span>
        {plural(shown, noun)}
        {hasMore ? " so far" : ", no more in this time range"}
        {paused && " · live refresh pauses while older rows are shown"}
      </span>
      {hasMore && (
        <Button variant="default" loading={loading} onClick={load}>
          Load more
        </Button>
      )}
    </div>
  );
}
