import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./styles/base.css";
import "./styles/shell.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { router } from "./router";
import { cssVariables, theme } from "./theme";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal is an answer; only a failed connection or a busy server is worth another try.
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && (error.unreachable || error.problem.status === 503),
      retryDelay: (count) => 400 * 2 ** count,
      staleTime: 2_000,
      refetchOnWindowFocus: false,
    },
  },
});

const element = document.getElementById("root");
if (element)
  createRoot(element).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" autoClose={2500} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
