import { describe, expect, it } from "vitest";
import { recogniseId, shortId, xrayForm } from "./ids";

const W3C = "5759e988bd862e3fe1be46a994272793";
const XRAY = "1-5759e988-bd862e3fe1be46a994272793";
const SPAN = "53995c3f42cd8ad8";

describe("recogniseId", () => {
  it.each([
    ["an X-Ray trace id", XRAY, null],
    ["upper case and blanks", `  ${XRAY.toUpperCase()} `, null],
    ["an X-Amzn-Trace-Id header", `Root=${XRAY};Parent=${SPAN};Sampled=1`, SPAN],
    ["the same with its name", `X-Amzn-Trace-Id: Root=${XRAY};Sampled=1`, null],
    ["a traceparent", `00-${W3C}-${SPAN}-01`, SPAN],
    ["the same with its name", `traceparent: 00-${W3C}-${SPAN}-01`, SPAN],
  ])("%s is one trace for certain", (_, text, spanId) =>
    expect(recogniseId(text)).toEqual({ kind: "trace", traceId: W3C, spanId, certain: true }),
  );
  it("32 hex digits may be a trace or an occurrence", () =>
    expect(recogniseId(W3C)).toEqual({ kind: "trace", traceId: W3C, spanId: null, certain: false }));
  it("16 hex digits are a span", () => expect(recogniseId(SPAN)).toEqual({ kind: "span", spanId: SPAN }));
  it("a UUID is an occurrence", () =>
    expect(recogniseId("D4C7ACEF-55BF-42C9-9F04-5AD4B2E2B0F1")).toEqual({
      kind: "uuid",
      uuid: "d4c7acef-55bf-42c9-9f04-5ad4b2e2b0f1",
    }));
  it("#12 is an item", () => expect(recogniseId("#12")).toEqual({ kind: "item", counter: 12 }));
  it.each(["", "home", "1-5759e988-bd86", `${XRAY}0`, `${W3C}ab`, "00-xyz-01", "#x", "GET /api/activities/home"])(
    "%j is only text",
    (text) => expect(recogniseId(text)).toBeNull(),
  );
});

it("writes the X-Ray form, and leaves other ids alone", () => {
  expect(xrayForm(W3C)).toBe(XRAY);
  expect(xrayForm(SPAN)).toBe(SPAN);
});

it("shortens long ids only", () => {
  expect(shortId(W3C)).toBe("5759e988");
  expect(shortId("#12")).toBe("#12");
});
