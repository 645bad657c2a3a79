// The URL's query as people write it: plain text, a repeated key for a list. (The router's own form is JSON in quotes.)

export function parseSearch(query: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const before = found[key];
    if (before === undefined) found[key] = value;
    else if (Array.isArray(before)) before.push(value);
    else found[key] = [before, value];
  }
  return found;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (Array.isArray(value)) for (const one of value) query.append(key, String(one));
    else if (typeof value === "string" && value !== "") query.set(key, value);
    else if (typeof value === "number") query.set(key, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

export function text(raw: unknown): string | undefined {
  if (Array.isArray(raw)) return text(raw[0]);
  return typeof raw === "string" && raw !== "" ? raw : undefined;
}

export function texts(raw: unknown): string[] | undefined {
  const list = (Array.isArray(raw) ? raw : [raw]).filter((one): one is string => typeof one === "string" && one !== "");
  return list.length > 0 ? list : undefined;
}

export function number(raw: unknown): number | undefined {
  const value = typeof raw === "number" ? raw : Number(text(raw) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** Only what was given: a key that is there with no value would read as "set to nothing" when ranges are carried along. */
export function given<T extends Record<string, unknown>>(search: T): { [K in keyof T]?: T[K] | undefined } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Partial<T>;
}
