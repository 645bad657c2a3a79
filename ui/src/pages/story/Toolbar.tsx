import { ActionIcon, Autocomplete, Loader, Menu, TextInput, Tooltip } from "@mantine/core";
import {
  IconArrowsMaximize,
  IconChevronDown,
  IconChevronUp,
  IconFold,
  IconPalette,
  IconRoute,
  IconSearch,
} from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { memo, useDeferredValue, useMemo, useState, type RefObject } from "react";
import { columnsQuery } from "../../api/exploreQueries";
import { storySpanQuery } from "../../api/queries";
import type { StorySpan } from "../../api/types.generated";
import { ALL } from "../../query/question";
import { formatCount, plural } from "../../values/format";
import { OWN_FIELDS, type Colouring } from "./colouring";
import { FailureList } from "./FailureList";
import type { Folding } from "./rows";
import { nameOf, spanId, traceOf } from "./spans";
import type { Tree } from "./tree";

interface ToolbarProps {
  tree: Tree;
  rows: number;
  finder: RefObject<HTMLInputElement | null>;
  find: string;
  setFind: (text: string) => void;
  found: Int32Array;
  searching: boolean;
  findNote: string | null;
  /** Which of the matches is selected, from 1. */
  place: number | null;
  step: (by: 1 | -1) => void;
  failed: Int32Array;
  goTo: (entry: number) => void;
  stepFailure: () => void;
  colouring: Colouring;
  colouringBusy: boolean;
  setColour: (field: string) => void;
  selected: number;
  folding: Folding;
  foldDepth: (depth: number | null) => void;
  foldName: (name: string) => void;
  showPath: boolean;
  setShowPath: (on: boolean) => void;
  zoomed: boolean;
  showAll: () => void;
}

type PickerProps = Pick<ToolbarProps, "tree" | "selected" | "colouring" | "colouringBusy" | "setColour">;
type FoldProps = Pick<ToolbarProps, "tree" | "selected" | "folding" | "foldDepth" | "foldName">;

export function Toolbar({ finder, ...props }: ToolbarProps) {
  const { find, setFind, found, place, step, showPath } = props;
  // What the menus offer for the selected span may come a frame later than its mark.
  const selectedLater = useDeferredValue(props.selected);
  return (
    <div className="wf-bar">
      <TextInput
        ref={finder}
        aria-label="Find in this story"
        placeholder="Find in this story"
        leftSection={<IconSearch size={14} />}
        rightSection={props.searching ? <Loader size={12} aria-label="Searching the attributes" /> : null}
        defaultValue={find}
        onChange={(event) => setFind(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") event.currentTarget.blur();
        }}
        error={props.findNote !== null}
        {...(props.findNote ? { title: props.findNote } : {})}
        className="find"
      />
      {find && (
        <span className="row" style={{ gap: 2 }}>
          <span className="dim num" style={{ minWidth: 48 }}>
            {found.length === 0 ? (props.searching ? "…" : "none") : `${place ?? "–"} of ${formatCount(found.length)}`}
          </span>
          <ActionIcon aria-label="Previous match" size={22} onClick={() => step(-1)}>
            <IconChevronUp size={14} />
          </ActionIcon>
          <ActionIcon aria-label="Next match" size={22} onClick={() => step(1)}>
            <IconChevronDown size={14} />
          </ActionIcon>
        </span>
      )}
      <div className="grow" />
      <FailureList tree={props.tree} failed={props.failed} goTo={props.goTo} next={props.stepFailure} />
      <span className="faint">{plural(props.rows, "row")}</span>
      <ColourPicker
        tree={props.tree}
        selected={selectedLater}
        colouring={props.colouring}
        colouringBusy={props.colouringBusy}
        setColour={props.setColour}
      />
      <FoldMenu
        tree={props.tree}
        selected={selectedLater}
        folding={props.folding}
        foldDepth={props.foldDepth}
        foldName={props.foldName}
      />
      <Tooltip label={showPath ? "Hide the critical path (c)" : "Show the critical path (c)"}>
        <ActionIcon
          aria-label="Critical path"
          aria-pressed={showPath}
          className={showPath ? "on" : ""}
          onClick={() => props.setShowPath(!showPath)}
        >
          <IconRoute size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Show the whole time (0)">
        <ActionIcon aria-label="Show the whole time" disabled={!props.zoomed} onClick={props.showAll}>
          <IconArrowsMaximize size={15} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

const ColourPicker = memo(function ColourPicker({ tree, selected, colouring, colouringBusy, setColour }: PickerProps) {
  const [text, setText] = useState<string | null>(null);
  const samples = useSamples(tree, selected);
  // The span columns of all data complete what the page has not seen of the trace.
  const [q] = useDebouncedValue(text ?? "", 120);
  const known = useQuery({ ...columnsQuery(ALL, "spans", q), enabled: text !== null }).data?.columns;
  const fields = useMemo(() => {
    const keys = new Set<string>(tree.spans.whole ? [] : known?.map((one) => one.name));
    for (const span of tree.spans.whole ?? samples) {
      for (const key of Object.keys(span.attributes)) keys.add(key);
      for (const key of Object.keys(span.resource)) keys.add(key);
    }
    for (const field of [...OWN_FIELDS, "library.name"]) keys.delete(field);
    return [...OWN_FIELDS, "library.name", ...[...keys].sort()];
  }, [tree, samples, known]);
  const commit = (field: string) => {
    setText(null);
    if (field.trim()) setColour(field.trim());
  };
  return (
    <Autocomplete
      aria-label="Colour by"
      placeholder="colour by a field"
      leftSection={<IconPalette size={14} />}
      rightSection={colouringBusy ? <Loader size={12} /> : null}
      data={fields}
      limit={60}
      maxDropdownHeight={320}
      value={text ?? colouring.field}
      onChange={setText}
      onFocus={() => setText("")}
      onOptionSubmit={commit}
      onBlur={() => setText(null)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.currentTarget.value.trim()) {
          commit(event.currentTarget.value);
          event.currentTarget.blur();
        } else if (event.key === "Escape") event.currentTarget.blur();
      }}
      className="colour-by"
    />
  );
});

/** Of a story whose attributes the page does not hold: a few spans, to know some of the names. */
function useSamples(tree: Tree, selected: number): StorySpan[] {
  const { spans } = tree;
  const some =
    spans.whole || spans.count === 0 ? [] : [0, Math.floor(spans.count / 3), Math.floor((spans.count * 2) / 3)];
  if (some.length > 0 && selected >= 0 && selected < spans.count) some.push(selected);
  return useQueries({
    queries: [...new Set(some)].map((one) => storySpanQuery(traceOf(spans, one), spanId(spans, one))),
    combine: (answers) => answers.flatMap((one) => one.data?.spans ?? []),
  });
}

const DEPTHS = [0, 1, 2, 3, 5, 8, 12, 20];

const FoldMenu = memo(function FoldMenu({ tree, selected, folding, foldDepth, foldName }: FoldProps) {
  const name = selected >= 0 && selected < tree.spans.count ? nameOf(tree.spans, selected) : null;
  const any = folding.depth !== null || folding.names.length > 0 || folding.closed.length > 0;
  return (
    <Menu position="bottom-end" width={270}>
      <Menu.Target>
        <Tooltip label="Fold by depth or by name ([ and ], F)">
          <ActionIcon aria-label="Fold" className={any ? "on" : ""}>
            <IconFold size={15} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => foldDepth(null)} disabled={!any}>
          Unfold all
        </Menu.Item>
        <Menu.Label>Levels, of {tree.deepest + 1}</Menu.Label>
        {DEPTHS.filter((depth) => depth < tree.deepest).map((depth) => (
          <Menu.Item
            key={depth}
            onClick={() => foldDepth(depth)}
            rightSection={folding.depth === depth ? <span className="faint">now</span> : null}
          >
            {depth === 0 ? "Roots only" : plural(depth + 1, "level")}
          </Menu.Item>
        ))}
        {(name !== null || folding.names.length > 0) && <Menu.Label>All spans of a name</Menu.Label>}
        {name !== null && !folding.names.includes(name) && (
          <Menu.Item onClick={() => foldName(name)}>
            <span className="cut">Fold all “{name}”</span>
          </Menu.Item>
        )}
        {folding.names.map((one) => (
          <Menu.Item key={one} onClick={() => foldName(one)}>
            <span className="cut">Unfold all “{one}”</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
});
