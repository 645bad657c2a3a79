import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles.css";
import { startTracing } from "./tracing";
// After tracing: rollbar.js wraps fetch too, and the trace header must be set underneath it.
import "./errors";
import { App } from "./App";

startTracing();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
