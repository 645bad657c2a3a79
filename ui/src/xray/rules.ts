import type { XRayRule } from "../api/types.generated";

/** What a rule looks at of a request. */
export type RuleMatchers = Pick<
  XRayRule,
  "serviceName" | "serviceType" | "host" | "httpMethod" | "urlPath" | "resourceArn"
>;

/** `*` any text, `?` one character; letters' case does not matter. */
export function wildcardMatches(pattern: string, text: string): boolean {
  const p = pattern.toLowerCase();
  const t = text.toLowerCase();
  let at = 0;
  let i = 0;
  let star = -1;
  let mark = 0;
  while (i < t.length) {
    if (at < p.length && (p[at] === "?" || p[at] === t[i]) && p[at] !== "*") {
      at++;
      i++;
    } else if (p[at] === "*") {
      star = at++;
      mark = i;
    } else if (star >= 0) {
      at = star + 1;
      i = ++mark;
    } else return false;
  }
  while (p[at] === "*") at++;
  return at === p.length;
}

/** A request for the rules; empty fields match every rule, as in the SDKs. */
export interface TestedRequest {
  service: string;
  method: string;
  path: string;
  host: string;
  type: string;
}

const MATCHED: [keyof RuleMatchers, keyof TestedRequest, string][] = [
  ["serviceName", "service", "service"],
  ["httpMethod", "method", "method"],
  ["urlPath", "path", "path"],
  ["host", "host", "host"],
  ["serviceType", "type", "service type"],
];

/** Null when the rule matches the request, otherwise the first condition that does not match. */
export function whyNot(rule: XRayRule, request: TestedRequest): string | null {
  for (const [matcher, field, name] of MATCHED)
    if (request[field] && !wildcardMatches(rule[matcher], request[field]))
      return `${name} ${request[field]} is not ${rule[matcher]}`;
  if (Object.keys(rule.attributes).length > 0) return "the rule requires attributes";
  if (rule.resourceArn !== "*") return `the rule is for ${rule.resourceArn}`;
  return null;
}

export function byPriority(rules: readonly XRayRule[]): XRayRule[] {
  return [...rules].sort(
    (a, b) => Number(a.default) - Number(b.default) || a.priority - b.priority || (a.name < b.name ? -1 : 1),
  );
}

/** Every rule in the order they are tried, with the reason why it does not match the request; the first rule without a reason matches. */
export function tryRules(rules: readonly XRayRule[], request: TestedRequest): { rule: XRayRule; why: string | null }[] {
  return byPriority(rules).map((rule) => ({ rule, why: rule.default ? null : whyNot(rule, request) }));
}

/** The expected number of recorded requests for a given number of requests per second. */
export function expectedRate(rule: Pick<XRayRule, "reservoirSize" | "fixedRate">, requests: number): number {
  const reservoir = Math.min(requests, rule.reservoirSize);
  return reservoir + (requests - reservoir) * rule.fixedRate;
}
