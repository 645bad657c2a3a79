import { expect, it } from "vitest";
import { serviceColour, serviceColours } from "./colours";

it("gives a service the same colour each time", () => {
  expect(serviceColour("backend-flask")).toBe(serviceColour("backend-flask"));
  expect(serviceColours(["backend-flask"]).get("backend-flask")).toBe(serviceColour("backend-flask"));
});

it("keeps the first services well apart, and has a colour for any number of them", () => {
  const hue = (colour: string) => Number(/ (\d+)\)$/.exec(colour)?.[1]);
  const few = ["frontend-react-js", "backend-flask", "cruddur-db", "users-cache", "worker"].map(serviceColour).map(hue);
  for (const [i, a] of few.entries())
    for (const b of few.slice(i + 1))
      expect(Math.min(Math.abs(a - b), 360 - Math.abs(a - b))).toBeGreaterThanOrEqual(25);
  for (let i = 0; i < 40; i++)
    expect(serviceColour(`service-${i}`)).toMatch(/^oklch\(var\(--svc-l\) var\(--svc-c\) \d+\)$/);
});
