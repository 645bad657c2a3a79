import { useEffect, useRef, useState } from "react";
import { useStable } from "../../parts/stable";

/**
 * State that lives in the URL but changes faster than a browser lets a page rewrite it (held keys, a wheel):
 * it is kept here and written to the URL once it has rested. A change of the URL from outside wins.
 */
export function useSettled<T>(fromUrl: T, write: (value: T) => void, restMs = 180): [T, (value: T) => void] {
  const [value, setValue] = useState(fromUrl);
  const [seen, setSeen] = useState(fromUrl);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (!same(fromUrl, seen)) {
    setSeen(fromUrl);
    setValue(fromUrl);
  }
  const latest = useStable(write);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = useStable((next: T) => {
    setValue(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setSeen(next);
      latest(next);
    }, restMs);
  });
  return [value, change];
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
