import { context, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { FetchInstrumentation } from "@opentelemetry/instrumentation-fetch";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { WebTracerProvider } from "@opentelemetry/sdk-trace-web";
import { config, headersOf, otlpTracesUrl } from "./config";

/** The trace a view or an action opened last: what an error report of this page belongs to. */
let latest: Span | undefined;

export function startTracing(): void {
  const resource = resourceFromAttributes({ "service.name": "cruddur-frontend", "service.version": "0.1.0", "user_agent.original": navigator.userAgent });
  const exporter = otlpTracesUrl ? new OTLPTraceExporter({ url: otlpTracesUrl, headers: headersOf(config.otlpHeaders) }) : undefined;
  const provider = new WebTracerProvider({ resource, spanProcessors: exporter ? [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 })] : [] });
  provider.register();
  const backend = new URL(config.backendUrl || location.origin, location.href).origin;
  registerInstrumentations({
    instrumentations: [
      new FetchInstrumentation({
        propagateTraceHeaderCorsUrls: [new RegExp(`^${backend.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`)],
        // The page's own telemetry is not part of any story.
        ignoreUrls: [otlpTracesUrl, config.rollbarEndpoint].filter((url) => url !== ""),
      }),
    ],
  });
  // What waits in the batch would be lost with the page.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void provider.forceFlush();
  });
}

/**
 * Runs `work` in a new trace that begins here, in the browser. A request must be sent before the first `await` of
 * `work`, because the browser has no context that survives one.
 */
export async function inTrace<T>(name: string, attributes: Record<string, string | number>, work: () => Promise<T>): Promise<T> {
  const span = trace.getTracer("cruddur.frontend").startSpan(name, { root: true, attributes: { "url.full": location.href, ...attributes } });
  latest = span;
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}

export function latestTraceId(): string | undefined {
  return latest?.spanContext().traceId;
}
