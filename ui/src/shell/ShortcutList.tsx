import { Modal } from "@mantine/core";
import { Kbd } from "../parts/Marks";

const GROUPS: { title: string; keys: [string[], string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      [["/"], "Search any id or text (also Ctrl K)"],
      [["g", "h"], "Home"],
      [["g", "q"], "Query"],
      [["g", "b"], "Boards"],
      [["g", "t"], "Traces"],
      [["g", "m"], "Trace map"],
      [["g", "x"], "X-Ray"],
      [["g", "l"], "Logs"],
      [["g", "e"], "Errors"],
      [["g", "a"], "Alerts"],
      [["g", "s"], "Setup"],
      [["?"], "Keyboard shortcuts"],
    ],
  },
  {
    title: "Lists",
    keys: [
      [["j"], "Next row"],
      [["k"], "Previous row"],
      [["Enter"], "Open the row"],
      [["f"], "Go to the filters"],
    ],
  },
  {
    title: "Query",
    keys: [
      [["Ctrl Enter"], "Run"],
      [["f"], "Go to the query builder"],
      [["h"], "Recent and saved queries"],
      [["Tab"], "Accept the suggestion"],
    ],
  },
  {
    title: "Error",
    keys: [
      [["j"], "Older occurrence"],
      [["k"], "Newer occurrence"],
      [["r"], "Resolve, or reopen"],
      [["m"], "Mute"],
    ],
  },
  {
    title: "Story",
    keys: [
      [["j"], "Next row"],
      [["k"], "Previous row"],
      [["h"], "Collapse, or go to the parent"],
      [["l"], "Expand, or go to the first child"],
      [["["], "Show one level less"],
      [["]"], "Show one level more"],
      [["F"], "Fold all spans of this name"],
      [["n"], "Next match of the text"],
      [["N"], "Previous match"],
      [["e"], "Next error"],
      [["E"], "Previous error"],
      [["c"], "The critical path"],
      [["z"], "Zoom to the selected row"],
      [["0"], "Show the whole time"],
      [["f"], "Find in the story"],
      [["Esc"], "Close the details"],
    ],
  },
];

export function ShortcutList({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="lg">
      <div className="keys">
        <div style={{ display: "grid", gap: 18, alignContent: "start" }}>
          {GROUPS.slice(0, 4).map((group) => (
            <Group key={group.title} {...group} />
          ))}
        </div>
        {GROUPS.slice(4).map((group) => (
          <Group key={group.title} {...group} />
        ))}
      </div>
    </Modal>
  );
}

function Group({ title, keys }: { title: string; keys: [string[], string][] }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl>
        {keys.map(([presses, what]) => [
          <dt key={`${what}-k`}>
            {presses.map((one, i) => (
              <span key={one}>
                {i > 0 && " "}
                <Kbd>{one}</Kbd>
              </span>
            ))}
          </dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
    </section>
  );
}
