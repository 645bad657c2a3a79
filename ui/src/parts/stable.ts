import { useInsertionEffect, useRef, useState } from "react";

/** A stable function for the lifetime of the component that calls the latest callback, so that memoised children are not rendered again. */
export function useStable<A extends unknown[], R>(run: (...args: A) => R): (...args: A) => R {
  const latest = useRef(run);
  useInsertionEffect(() => {
    latest.current = run;
  });
  const [stable] = useState(
    () =>
      (...args: A) =>
        latest.current(...args),
  );
  return stable;
}
