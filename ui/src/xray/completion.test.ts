import { expect, it } from "vitest";
import { accept, readCaret, suggest, type Known } from "./completion";

const KNOWN: Known = {
  services: ["backend-flask", "cruddur-db"],
  groups: ["Cruddur", "slow"],
  annotations: ["handle", "aws.local.service"],
  values: { "annotation.handle": ["worf", "quark"], user: ["andrew"] },
};

/** `|` is the caret. */
function at(marked: string) {
  const position = marked.indexOf("|");
  const text = marked.replace("|", "");
  const caret = readCaret(text, position);
  return { text, caret, offers: suggest(caret, KNOWN) };
}

it.each([
  ["|", "term"],
  ["fault AND |", "term"],
  ["fa|", "term"],
  ["fault |", "join"],
  ["!|", "term"],
  ["(|", "term"],
  ["(fault |", "join"],
  ["responsetime |", "operator"],
  ["responsetime > |", "value"],
  ["responsetime > 5 |", "join"],
  ['http.url BEGINSWITH "http|', "value"],
  ['service("ba|', "service"],
  ['service("backend-flask") |', "join"],
  ['service("backend-flask") { |', "term"],
  ['service("backend-flask") { fault } |', "join"],
  ['edge("a", "|', "service"],
  ["annotation.ha|", "annotationKey"],
  ["annotation[|", "annotationKey"],
  ["annotation[aws.local.service] |", "operator"],
  ['annotation.handle = "|', "value"],
  ["service(id(|", "idPart"],
  ['service(id(name: "|', "service"],
  ['service(id(type: "|', "value"],
  ['service(id(account.id: "|', "nothing"],
  ["rootcause.fault.exception { |", "term"],
  ["fault = |", "value"],
  ['user = "x" |OR fault', "join"],
])("knows what may stand at %s", (marked, kind) => expect(at(marked).caret.want.kind).toBe(kind));

it.each([
  ["|", 'service("…")'],
  ["faul|", "fault"],
  ["status|", "http.status"],
  ['service("fl|', "backend-flask"],
  ["annotation.|", "handle"],
  ["annotation[aws|", "aws.local.service"],
  ['annotation.handle = "wo|', "worf"],
  ["group.name = |", "Cruddur"],
  ['group.name = "sl|', "slow"],
  ["http.method = |", "GET"],
  ["fault |", "AND"],
  ["(fault |", ")"],
  ['service("a") { ro|', "root"],
  ["rootcause.fault.exception { mess|", "message"],
])("offers at %s first %s", (marked, label) => expect(at(marked).offers[0]?.label).toBe(label));

it("keeps keywords to the places they may stand in", () => {
  expect(at('service("a") { group|').offers).toEqual([]);
  expect(at("root = |").offers.map((one) => one.label)).toEqual(["true", "false"]);
  expect(at("coverage|").offers).toEqual([]);
});

it("offers keys with dots only where brackets are", () => {
  expect(at("annotation.|").offers.map((one) => one.label)).toEqual(["handle"]);
});

it.each([
  ['service("ba|', "backend-flask", 'service("backend-flask") |'],
  ['service("ba|") { fault }', "backend-flask", 'service("backend-flask"|) { fault }'],
  ['edge("|', "backend-flask", 'edge("backend-flask", "|'],
  ['edge("backend-flask", "cr|', "cruddur-db", 'edge("backend-flask", "cruddur-db") |'],
  ["fau|", "fault", "fault |"],
  ["fau| AND ok", "fault", "fault| AND ok"],
  ["respon|", "responsetime", "responsetime |"],
  ["annotation.h|", "handle", "annotation.handle |"],
  ["group.name = |", "Cruddur", 'group.name = "Cruddur" |'],
  ["http.status = 4|", "404", "http.status = 404 |"],
])("takes a suggestion at %s", (marked, label, wanted) => {
  const { text, caret, offers } = at(marked);
  const one = offers.find((offer) => offer.label === label);
  if (!one) throw new Error(`${label} is not offered`);
  const after = accept(text, caret, one);
  expect(`${after.text.slice(0, after.position)}|${after.text.slice(after.position)}`).toBe(wanted);
});
