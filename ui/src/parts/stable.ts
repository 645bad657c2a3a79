import { useInsertionEffect, useRef, useState } from "react";

/** The same function for as long as the component lives, which runs what was given last: a memoised child is not drawn again for it. */
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
