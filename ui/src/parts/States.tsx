import { Button } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";

export function Bone({ width = "100%", height = 12 }: { width?: string | number; height?: number }) {
  return <div className="skeleton" style={{ width, height }} />;
}

export function RowsSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div aria-label="Loading" role="status" style={{ padding: "10px 14px", display: "grid", gap: 16 }}>
      {Array.from({ length: rows }, (_, i) => (
        <div className="row" key={i} style={{ gap: 18 }}>
          <Bone width={90} />
          <Bone width={`${30 + ((i * 37) % 40)}%`} />
          <div className="grow" />
          <Bone width={60} />
        </div>
      ))}
    </div>
  );
}

export function PageSkeleton() {
  return (
    <div className="page">
      <Bone width={180} height={20} />
      <div className="panel">
        <RowsSkeleton rows={10} />
      </div>
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <div className="icon">{icon}</div>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** The server's error message, and a button to try again. */
export function Failed({ error, retry, title }: { error: unknown; retry?: (() => void) | undefined; title?: string }) {
  const api = error instanceof ApiError ? error : null;
  const Icon = api?.unreachable ? IconPlugConnectedX : IconAlertTriangle;
  const detail = api ? api.problem.detail : error instanceof Error ? error.message : "Something went wrong.";
  return (
    <div className="state bad" role="alert">
      <div className="icon">
        <Icon size={28} stroke={1.5} />
      </div>
      <h2>{title ?? api?.problem.title ?? "This page failed"}</h2>
      {detail && <p>{detail}</p>}
      {api && !api.unreachable && (
        <p className="mono faint">
          {api.problem.status} · {api.path.split("?")[0]}
        </p>
      )}
      {retry && (
        <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Notice({ children }: { children: ReactNode }) {
  return (
    <div className="notice" role="note">
      <IconAlertTriangle size={15} stroke={1.8} />
      <div>{children}</div>
    </div>
  );
}
