/** Twelve hues that are easy to distinguish. */
const HUES = [250, 310, 165, 75, 345, 215, 110, 40, 280, 190, 330, 140];
const STORED = "weir.service-colours";

function hash(text: string): number {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619) >>> 0;
  return value;
}

/** Hues nearer than this, in degrees, look like one. */
const ALIKE = 40;
const around = (a: number, b: number) => Math.min(Math.abs(a - b), 360 - Math.abs(a - b));

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
  // The name decides, unless that hue or one too like it is another service's: then the free hue farthest from all.
  const taken = [...slots.values()].map((one) => HUES[one % HUES.length] ?? 0);
  const apart = (one: number) => Math.min(360, ...taken.map((hue) => around(hue, HUES[one] ?? 0)));
  let slot = hash(service) % HUES.length;
  if (apart(slot) < ALIKE) {
    const best = Math.max(...HUES.map((_, one) => apart(one)));
    if (best > 0) slot = HUES.findIndex((_, one) => apart(one) === best);
  }
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
