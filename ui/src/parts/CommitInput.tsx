import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";

/**
 * A text filter that takes effect on Enter or when it loses focus, so that not every letter causes a request.
 * `check` returns an error message, or null.
 */
export function CommitInput({
  value,
  commit,
  check,
  clearAfter = false,
  ...rest
}: Omit<TextInputProps, "value" | "onChange"> & {
  value: string;
  commit: (text: string) => void;
  check?: (text: string) => string | null;
  clearAfter?: boolean;
}) {
  const [text, setText] = useState(value);
  const [before, setBefore] = useState(value);
  if (before !== value) {
    setBefore(value);
    setText(value);
  }
  const wrong = text.trim() && check ? check(text.trim()) : null;
  const done = () => {
    if (wrong || text.trim() === value) return;
    commit(text.trim());
    if (clearAfter) setText("");
  };
  return (
    <TextInput
      {...rest}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
        else if (event.key === "Escape") event.currentTarget.blur();
      }}
      error={wrong}
      {...(wrong ? { title: wrong } : {})}
    />
  );
}
