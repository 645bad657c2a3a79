import { useDebouncedValue } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { storyFindQuery } from "../../api/queries";
import { entriesOfIds, findEntries } from "./find";
import type { Tree } from "./tree";

/**
 * What has the text: at once in names, services, ids and lines; a moment later, for a story whose attributes the page does not hold,
 * also what the server finds in them.
 */
export function useFound(tree: Tree, find: string) {
  const [asked] = useDebouncedValue(find.trim(), 300);
  const traces = tree.spans.whole === null && asked.length > 1 ? tree.spans.traces : [];
  const byServer = useQueries({
    queries: traces.map((traceId) => storyFindQuery(traceId, asked)),
    combine: (answers) => ({
      ids: answers.map((one) => one.data?.ids ?? "").join(""),
      pending: answers.some((one) => one.isFetching),
      failed: answers.find((one) => one.error)?.error ?? null,
    }),
  });
  const ids = asked === find.trim() ? byServer.ids : "";
  const found = useMemo(() => findEntries(tree, find, entriesOfIds(tree, ids)), [tree, find, ids]);
  const flags = useMemo(() => {
    const made = new Uint8Array(tree.count);
    for (const entry of found) made[entry] = 1;
    return made;
  }, [tree, found]);
  const searching = byServer.pending || (tree.spans.whole === null && find.trim().length > 1 && asked !== find.trim());
  return {
    found,
    flags,
    searching,
    note: byServer.failed ? `Attributes could not be searched: ${byServer.failed.message}` : null,
  };
}
