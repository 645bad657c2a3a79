/** Endpoints of the page: `VITE_*` at build time, else `/config.js` at run time, else this machine's default ports. */
export interface Config {
  /** Empty when the backend serves this page itself. */
  backendUrl: string;
  /** Base URL; `/v1/traces` is appended. Empty turns traces off. */
  otlpUrl: string;
  /** `name=value,name=value`, as OTEL_EXPORTER_OTLP_HEADERS has it. */
  otlpHeaders: string;
  /** The whole item URL. Empty turns error reports off. */
  rollbarEndpoint: string;
  rollbarToken: string;
  environment: string;
}

declare global {
  interface Window {
    cruddurConfig?: Partial<Config>;
  }
}

const env = import.meta.env as Record<string, string | undefined>;
const given = window.cruddurConfig ?? {};

export const config: Config = {
  backendUrl: env.VITE_BACKEND_URL ?? given.backendUrl ?? "http://127.0.0.1:4567",
  otlpUrl: env.VITE_OTLP_URL ?? given.otlpUrl ?? "http://127.0.0.1:4318",
  otlpHeaders: env.VITE_OTLP_HEADERS ?? given.otlpHeaders ?? "",
  rollbarEndpoint: env.VITE_ROLLBAR_ENDPOINT ?? given.rollbarEndpoint ?? "http://127.0.0.1:7070/api/1/item/",
  rollbarToken: env.VITE_ROLLBAR_TOKEN ?? given.rollbarToken ?? "cruddur",
  environment: env.VITE_ENVIRONMENT ?? given.environment ?? "production",
};

export const otlpTracesUrl = config.otlpUrl ? `${config.otlpUrl.replace(/\/+$/, "")}/v1/traces` : "";

export function headersOf(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const equals = pair.indexOf("=");
    if (equals > 0) headers[pair.slice(0, equals).trim()] = decodeURIComponent(pair.slice(equals + 1).trim());
  }
  return headers;
}
