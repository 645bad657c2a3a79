import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, type Crud } from "./api";
import { Composer } from "./Composer";
import { Card } from "./Card";
import { report } from "./errors";
import { inTrace } from "./tracing";

interface Props {
  title: string;
  /** The name of the trace that loading this view begins. */
  name: string;
  load: () => Promise<Crud[]>;
  composer?: boolean;
}

export function Feed({ title, name, load, composer }: Props) {
  const [cruds, setCruds] = useState<Crud[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const loader = useRef(load);
  const refresh = useCallback(() => {
    inTrace(name, {}, () => loader.current())
      .then((loaded) => {
        setCruds(loaded);
        setProblem(null);
      })
      .catch((error: unknown) => {
        // What the user asked wrongly is shown; what broke is reported as well.
        if (!(error instanceof ApiError && error.status < 500)) report(error);
        setProblem(error instanceof Error ? error.message : String(error));
      });
  }, [name]);

  const started = useRef(false);
  useEffect(() => {
    // Strict mode mounts twice in development; one view is one trace.
    if (started.current) return;
    started.current = true;
    refresh();
  }, [refresh]);

  return (
    <>
      <header className="bar">
        <h1>{title}</h1>
        <button className="ghost" onClick={refresh}>
          Refresh
        </button>
      </header>
      {composer && <Composer onCreated={refresh} />}
      {problem && <p className="problem">{problem}</p>}
      {cruds === null && !problem && <p className="hint">Loading…</p>}
      {cruds?.length === 0 && <p className="hint">Nothing here. Cruds are ephemeral.</p>}
      {cruds?.map((crud) => (
        <Card key={crud.uuid} crud={crud} onReplied={refresh} />
      ))}
    </>
  );
}
