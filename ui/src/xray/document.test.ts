import { expect, it } from "vitest";
import { documentWith, findEntity } from "./document";

const document = JSON.stringify({
  id: "aaaaaaaaaaaaaaaa",
  name: "backend-flask",
  annotations: { handle: "worf", paid: true, size: 3, odd: { not: "an annotation" } },
  subsegments: [
    {
      id: "bbbbbbbbbbbbbbbb",
      name: "db",
      subsegments: [
        {
          id: "cccccccccccccccc",
          fault: true,
          sql: { url: "postgres://db/cruddur", sanitized_query: "SELECT 1", user: "app" },
          aws: { operation: "Query", table_names: ["a", "b"], xray: { sdk: "X-Ray for Python" } },
          http: { request: { method: "GET", url: "http://x/" }, response: { status: 500 } },
          metadata: { home: { now: "today", list: [1, 2] }, default: { x: 1 } },
          cause: {
            exceptions: [
              {
                id: "1111111111111111",
                type: "KeyError",
                message: "'shard'",
                truncated: 2,
                stack: [
                  { path: "/app/messages.py", line: 12, label: "create" },
                  { path: "/usr/lib/python3/site-packages/flask/app.py", line: 3, label: "dispatch" },
                ],
              },
            ],
          },
        },
      ],
    },
  ],
});
const documents = {
  traceId: "t",
  segments: [
    { id: "x", document: "not json" },
    { id: "aaaaaaaaaaaaaaaa", document },
  ],
};

it("finds an entity however deep, with what it recorded", () => {
  const found = findEntity(documents, "cccccccccccccccc");
  expect(found).toMatchObject({
    query: "SELECT 1",
    sql: { url: "postgres://db/cruddur", user: "app" },
    aws: { operation: "Query", table_names: "a, b", "xray.sdk": "X-Ray for Python" },
    http: { method: "GET", url: "http://x/", "response status": 500 },
    flags: ["fault"],
    causedBy: null,
  });
  expect(found?.metadata.map(([namespace]) => namespace)).toEqual(["home", "default"]);
  expect(found?.exceptions[0]).toMatchObject({ type: "KeyError", message: "'shard'", truncated: 2 });
  expect(found?.exceptions[0]?.frames.map((one) => [one.method, one.line, one.inProject])).toEqual([
    ["create", 12, true],
    ["dispatch", 3, false],
  ]);
});

it("leaves what is nested out of an entity's own part, and keeps annotations flat", () => {
  const found = findEntity(documents, "aaaaaaaaaaaaaaaa");
  expect(found?.raw).not.toHaveProperty("subsegments");
  expect(found?.nested).toBe(1);
  expect(found?.annotations).toEqual([
    ["handle", "worf"],
    ["paid", true],
    ["size", 3],
  ]);
  expect(documentWith(documents, "bbbbbbbbbbbbbbbb")).toBe(document);
});

it("reads a cause that points elsewhere, and says when nobody has the entity", () => {
  const pointing = { traceId: "t", segments: [{ id: "a", document: '{"id":"a","cause":"1111111111111111"}' }] };
  expect(findEntity(pointing, "a")).toMatchObject({ causedBy: "1111111111111111", exceptions: [] });
  expect(findEntity(pointing, "b")).toBeNull();
  expect(documentWith(pointing, "b")).toBeNull();
});
