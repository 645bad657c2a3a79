import Rollbar from "rollbar";
import { config } from "./config";
import { latestTraceId } from "./tracing";

const rollbar = new Rollbar({
  enabled: config.rollbarEndpoint !== "",
  endpoint: config.rollbarEndpoint,
  accessToken: config.rollbarToken,
  captureUncaught: true,
  captureUnhandledRejections: true,
  environment: config.environment,
  codeVersion: "0.1.0",
  // The one id that ties this report to the trace that was open when it happened.
  transform: (data: object) => {
    const payload = data as { custom?: Record<string, unknown> };
    payload.custom = { ...payload.custom, trace_id: latestTraceId() };
  },
});

export function report(error: unknown): void {
  rollbar.error(error instanceof Error ? error : new Error(String(error)));
}
