import type { GroupForm, RuleForm, XRayGroup, XRayRule, XRaySampling } from "../api/xray.ts";
import { expectedRate } from "../../src/xray/rules.ts";
import { checkFilter } from "./filter.ts";
import { Refused } from "./refused.ts";

const ARN = "arn:aws:xray:us-east-1:000000000000";

/** Groups and sampling rules, kept as long as the mock runs. */
export class Management {
  groups: XRayGroup[];
  rules: XRayRule[];
  readonly #startedAt: number;

  constructor(empty: boolean, now: number) {
    this.#startedAt = now;
    this.groups = [group("Default", null, false, false)];
    this.rules = [rule("Default", now, { default: true, priority: 10_000, fixedRate: 0.05, reservoirSize: 1 })];
    if (empty) return;
    this.groups.push(group("Cruddur", 'service("backend-flask")', true, false));
    this.groups.push(group("Slow", "responsetime > 0.2", false, false));
    this.rules.unshift(
      rule("Cruddur", now, { priority: 9000, fixedRate: 0.1, reservoirSize: 5, serviceName: "backend-flask" }),
      rule("messages", now, {
        priority: 100,
        fixedRate: 1,
        reservoirSize: 1,
        httpMethod: "POST",
        urlPath: "/api/messages*",
        serviceName: "backend-*",
      }),
      rule("health-checks", now, {
        priority: 5,
        fixedRate: 0,
        reservoirSize: 0,
        urlPath: "/api/health*",
        host: "*.internal",
        openTelemetry: "OpenTelemetry SDKs are not told of hosts",
      }),
    );
  }

  expressionOf(name: string): string | null {
    const found = this.groups.find((one) => one.name === name);
    return found ? (found.filterExpression ?? "") : null;
  }

  answerGroups(method: string, name: string | undefined, body: string): unknown {
    if (method === "GET") return { groups: this.groups, limit: 25 };
    const found = this.groups.find((one) => one.name === name);
    if (name !== undefined && !found) throw new Refused(404, "Not found", `There is no group ${name}`);
    if (found?.default) throw new Refused(400, REFUSED, "The Default group can't be changed");
    if (method === "DELETE") {
      this.groups = this.groups.filter((one) => one !== found);
      return null;
    }
    const form = JSON.parse(body) as GroupForm;
    const check = checkFilter(form.filterExpression ?? "");
    if (!check.ok) throw new Refused(400, REFUSED, check.message, check.position);
    if (found) {
      Object.assign(found, form, { filterExpression: form.filterExpression ?? found.filterExpression });
      return found;
    }
    if (!/^[A-Za-z0-9-]{1,32}$/.test(form.name ?? "")) throw new Refused(400, REFUSED, "Invalid group name");
    if (this.groups.some((one) => one.name === form.name))
      throw new Refused(400, REFUSED, `${form.name ?? ""} already exists`);
    const made = group(
      form.name ?? "",
      form.filterExpression ?? null,
      form.insightsEnabled ?? false,
      form.notificationsEnabled ?? false,
    );
    this.groups.push(made);
    return made;
  }

  answerRules(method: string, name: string | undefined, body: string): unknown {
    if (method === "GET") return { rules: this.rules, limit: 25, modifiedAt: new Date(this.#startedAt).toISOString() };
    const found = this.rules.find((one) => one.name === name);
    if (name !== undefined && !found) throw new Refused(404, "Not found", `There is no sampling rule ${name}`);
    if (method === "DELETE") {
      if (found?.default) throw new Refused(400, REFUSED, "The Default rule can't be deleted");
      this.rules = this.rules.filter((one) => one !== found);
      return null;
    }
    const form = JSON.parse(body) as RuleForm;
    if (form.fixedRate !== undefined && (form.fixedRate < 0 || form.fixedRate > 1))
      throw new Refused(400, REFUSED, "Value at 'FixedRate' must be between 0 and 1");
    if (found) {
      Object.assign(found, form, { modifiedAt: new Date().toISOString() });
      return found;
    }
    if (this.rules.some((one) => one.name === form.name))
      throw new Refused(400, REFUSED, `${form.name ?? ""} already exists`);
    const made = rule(form.name ?? "", Date.now(), { ...form });
    this.rules.push(made);
    return made;
  }

  sampling(now: number): XRaySampling {
    const closed = Math.floor(now / 10_000) * 10 - 10;
    const iso = (ms: number) => new Date(ms).toISOString();
    return {
      time: iso(now),
      windowSeconds: 10,
      rules: this.rules.map((one, index) => {
        const busy = one.name === "Cruddur" || one.name === "Default" || one.name === "messages";
        const windows = busy
          ? Array.from({ length: 60 }, (_, i) => {
              const requests = Math.round((120 + 60 * Math.sin((closed / 10 - i) / 9 + index)) / (index + 1));
              const wanted = expectedRate(one, requests / 10) * 10;
              return {
                time: closed - (59 - i) * 10,
                requests,
                sampled: Math.round(wanted * 0.93),
                borrowed: Math.round(wanted * 0.07),
              };
            })
          : [];
        const last = windows.at(-1);
        return {
          name: one.name,
          rates: last
            ? {
                requests: last.requests / 10,
                sampled: last.sampled / 10,
                borrowed: last.borrowed / 10,
                expected: expectedRate(one, last.requests / 10),
              }
            : null,
          windows,
          reservoirSize: one.reservoirSize,
          leased: busy ? one.reservoirSize : 0,
          clients: busy
            ? ["3f1c9a7be2d04c55a1b2c3d4", "9d0e8f7a6b5c4d3e2f1a0b9c"].map((id, i) => ({
                id,
                requestsPerSecond: 4.2 - i,
                quota: i === 0 ? Math.max(1, one.reservoirSize - 2) : one.reservoirSize > 2 ? 2 : null,
                lastReport: iso(now - 4000 - i * 2500),
                leasedUntil: iso(now + 52_000),
              }))
            : [],
        };
      }),
      openTelemetry: [
        {
          service: "frontend-react-js",
          lastAsked: iso(now - 21_000),
          instances: 2,
          rule: "Default",
          probability: 0.05,
          lowerBound: 0.5,
          operations: [{ operation: "POST /api/messages", rule: "messages", probability: 1 }],
        },
      ],
    };
  }
}

const REFUSED = "The request asks for something that can't be";

function group(
  name: string,
  filterExpression: string | null,
  insightsEnabled: boolean,
  notificationsEnabled: boolean,
): XRayGroup {
  return {
    name,
    arn:
      name === "Default"
        ? `${ARN}:group/Default`
        : `${ARN}:group/${name}/MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3A`,
    filterExpression,
    insightsEnabled,
    notificationsEnabled,
    default: name === "Default",
  };
}

function rule(name: string, now: number, more: Partial<XRayRule>): XRayRule {
  return {
    name,
    arn: `${ARN}:sampling-rule/${name}`,
    default: false,
    priority: 1000,
    fixedRate: 0.05,
    reservoirSize: 1,
    serviceName: "*",
    serviceType: "*",
    host: "*",
    httpMethod: "*",
    urlPath: "*",
    resourceArn: "*",
    attributes: {},
    boost: null,
    createdAt: new Date(now - 86_400_000).toISOString(),
    modifiedAt: new Date(now - 3_600_000).toISOString(),
    openTelemetry: null,
    ...more,
  };
}
