import { useState } from "react";
import { api, type Crud } from "./api";
import { report } from "./errors";
import { inTrace } from "./tracing";

/** The page that fails on purpose, in the browser and behind it. */
export function Fails() {
  const [said, setSaid] = useState<string | null>(null);

  const inBrowser = () => {
    setSaid("Thrown. Look for a TypeError of environment and platform browser.");
    const missing = JSON.parse("{}") as { feed: Crud[] };
    // `feed` is not there: an ordinary TypeError, uncaught on purpose.
    missing.feed.map((crud) => crud.handle);
  };

  const inBackend = () => {
    inTrace("call the broken handler", {}, api.broken).catch((error: unknown) => {
      report(error);
      setSaid(`${String(error)}. One story: this page, the backend's trace, its segment, its log line and two errors.`);
    });
  };

  return (
    <>
      <header className="bar">
        <h1>The page that fails</h1>
      </header>
      <section className="fails">
        <article className="crud">
          <h3>In the browser</h3>
          <p>An event handler reads a list that is not there. Nobody catches it; rollbar.js reports it.</p>
          <button className="danger" onClick={inBrowser}>
            Throw a TypeError
          </button>
        </article>
        <article className="crud">
          <h3>In the backend</h3>
          <p>A handler reads the feed and forgets to return it. The exception is reported by the backend, and the 500 by this page.</p>
          <button className="danger" onClick={inBackend}>
            Call the broken handler
          </button>
        </article>
        {said && <p className="problem">{said}</p>}
      </section>
    </>
  );
}
