import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { storyValuesQuery } from "../../api/queries";
import { colourByOwn, colourByService, colourByValues, colourByWhole, type Colouring } from "./colouring";
import type { Tree } from "./tree";

/** The colouring by a field; until an attribute of a large story is read, by service. */
export function useColouring(tree: Tree, field: string): { colouring: Colouring; busy: boolean } {
  const known = useMemo(
    () => colourByOwn(tree.spans, field) ?? (tree.spans.whole ? colourByWhole(tree.spans, field) : null),
    [tree, field],
  );
  const read = useQueries({
    queries: (known ? [] : tree.spans.traces).map((traceId) => storyValuesQuery(traceId, field)),
    combine: (answers) => ({
      values: answers.every((one) => one.data) ? answers.flatMap((one) => one.data ?? []) : null,
      pending: answers.some((one) => one.isPending),
    }),
  });
  const { values } = read;
  const colouring = useMemo(
    () => known ?? (values && values.length > 0 ? colourByValues(tree, values) : colourByService(tree.spans)),
    [known, tree, values],
  );
  return { colouring, busy: !known && read.pending };
}
