/** Twelve hues far enough apart to be told from each other; neighbours in this list differ most. */
const HUES = [250, 310, 165, 75, 345, 215, 110, 40, 280, 190, 330, 140];
const STORED = "weir.service-colours";

function hash(text: string): number {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619) >>> 0;
  return value;
}

/** Which hue each service has; kept in the browser so that a service looks the same tomorrow. */
let slots: Map<string, number> | undefined;

function load(): Map<string, number> {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? "[]") as [string, number][];
    return new Map(stored.filter((one) => typeof one[0] === "string" && Number.isInteger(one[1])).slice(0, 500));
  } catch {
    // No storage (a private window, a test): colours then last as long as the page.
    return new Map();
  }
}

function slotOf(service: string): number {
  slots ??= load();
  const known = slots.get(service);
  if (known !== undefined) return known;
  // The name decides, unless another service has that hue and a free one is left.
  const taken = new Set(slots.values());
  let slot = hash(service) % HUES.length;
  for (let tries = 0; taken.has(slot) && tries < HUES.length; tries++) slot = (slot + 1) % HUES.length;
  slots.set(service, slot);
  try {
    localStorage.setItem(STORED, JSON.stringify([...slots]));
  } catch {
    // As above.
  }
  return slot;
}

/** The colour of a service, the same on every page. Lightness and strength follow the theme. */
export function serviceColour(service: string): string {
  return `oklch(var(--svc-l) var(--svc-c) ${HUES[slotOf(service)] ?? 0})`;
}

export function serviceColours(services: Iterable<string>): Map<string, string> {
  return new Map([...new Set(services)].sort().map((service) => [service, serviceColour(service)]));
}
