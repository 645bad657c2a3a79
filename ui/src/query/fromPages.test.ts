import { expect, it } from "vitest";
import { describe as say } from "./question";
import { questionOfLogs, questionOfTraces, questionOfValue } from "./fromPages";

it("asks for the rows of the traces page", () => {
  expect(say(questionOfTraces({}))).toBe("HEATMAP(duration_ms), COUNT where is_root = true");
  expect(
    say(
      questionOfTraces({
        service: "web",
        status: "error",
        httpStatus: "5xx",
        min: 20,
        attribute: ["n=5", "route=/a=b", "bad"],
      }),
    ),
  ).toBe(
    "HEATMAP(duration_ms), COUNT where service.name = web and error = true and http.status_code >= 500 and http.status_code < 600 and duration_ms >= 20 and n = 5 and route = /a=b",
  );
  expect(questionOfTraces({ httpStatus: "404" }).filters).toEqual([
    { column: "http.status_code", op: "=", value: 404 },
  ]);
});

it("asks for the rows of the logs page, and for one value", () => {
  expect(say(questionOfLogs({ group: "cruddur", text: "slow query" }))).toBe(
    "COUNT where log_group = cruddur and body contains slow query by severity",
  );
  expect(say(questionOfValue("http.route", "/x", ["spans"]))).toBe("HEATMAP(duration_ms), COUNT where http.route = /x");
  expect(questionOfValue("error", null, ["logs"])).toMatchObject({
    calculations: [{ op: "COUNT" }],
    filters: [{ column: "error", op: "does-not-exist" }],
  });
});
