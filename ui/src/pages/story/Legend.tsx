import { ActionIcon, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { formatCount } from "../../values/format";
import type { Colouring } from "./colouring";

/** The meaning of the colours. */
export function Legend({
  colouring,
  find,
  close,
}: {
  colouring: Colouring;
  /** Finds the spans of a line; only single values can be found. */
  find: (value: string) => void;
  close: () => void;
}) {
  return (
    <div className="legend" aria-label={`Colours by ${colouring.field}`}>
      <b className="mono">{colouring.field}</b>
      {colouring.legend
        .filter((one) => one.count > 0)
        .map((one) => (
          <button
            key={one.label}
            className="plain service"
            title={`${one.label}: ${one.count} spans${one.value === null ? "" : "; click to find them"}`}
            disabled={one.value === null}
            onClick={() => one.value !== null && find(one.value)}
          >
            <span className="dot" style={{ background: one.colour }} />
            <span className="cut">{one.label || '""'}</span>
            <span className="faint">{formatCount(one.count)}</span>
          </button>
        ))}
      {colouring.note && <span className="faint">{colouring.note}</span>}
      <span className="grow" />
      <Tooltip label="Reset to colour by service">
        <ActionIcon aria-label="Reset to colour by service" size={20} onClick={close}>
          <IconX size={13} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
