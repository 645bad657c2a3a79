import { Popover, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconChevronDown } from "@tabler/icons-react";
import { memo, useMemo, useState } from "react";
import { formatNs, plural } from "../../values/format";
import { isOrigin, labelOf, reasonOf } from "./find";
import type { Tree } from "./tree";

const MOST = 200;

/** Failures first: those that no failed span below explains, then those that only passed one on. */
export const FailureList = memo(function FailureList({
  tree,
  failed,
  goTo,
  next,
}: {
  tree: Tree;
  failed: Int32Array;
  goTo: (entry: number) => void;
  next: () => void;
}) {
  const [open, setOpen] = useState(false);
  const { origins, passed } = useMemo(() => {
    const all = [...failed];
    return {
      origins: all.filter((entry) => isOrigin(tree, entry)),
      passed: all.filter((entry) => !isOrigin(tree, entry)),
    };
  }, [tree, failed]);
  if (failed.length === 0) return null;
  const line = (entry: number) => {
    const { name, service } = labelOf(tree, entry);
    const message = reasonOf(tree, entry);
    return (
      <button
        key={entry}
        className="plain failure"
        onClick={() => {
          goTo(entry);
          setOpen(false);
        }}
      >
        <span className="num faint">{formatNs(tree.at[entry] ?? 0)}</span>
        <span className="cut">
          <span className="bad">{name}</span> {message && <span className="dim">{message}</span>}
        </span>
        <span className="faint cut">{service}</span>
      </button>
    );
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={520}>
      <span className="row" style={{ gap: 0 }}>
        <Tooltip label="Go to the next error (e)">
          <button
            className="plain badge bad"
            style={{ height: 24, padding: "0 8px", borderRadius: "4px 0 0 4px" }}
            onClick={next}
          >
            <IconAlertTriangle size={13} /> {plural(failed.length, "failure")}
          </button>
        </Tooltip>
        <Popover.Target>
          <button
            className="plain badge bad"
            style={{ height: 24, padding: "0 4px", borderRadius: "0 4px 4px 0", marginLeft: 1 }}
            aria-label="List the failed spans"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <IconChevronDown size={13} />
          </button>
        </Popover.Target>
      </span>
      <Popover.Dropdown p={0}>
        <div className="failures">
          <h3>
            {plural(origins.length, "origin")} <span className="faint">no failed span below</span>
          </h3>
          {origins.slice(0, MOST).map(line)}
          {origins.length > MOST && <p className="faint">and {origins.length - MOST} more; e goes through all</p>}
          {passed.length > 0 && (
            <>
              <h3>
                {plural(passed.length, "parent")} <span className="faint">failed with a failed span below</span>
              </h3>
              {passed.slice(0, MOST).map(line)}
            </>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
});
