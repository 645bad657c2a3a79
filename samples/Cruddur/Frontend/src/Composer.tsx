import { useState } from "react";
import { ApiError, api } from "./api";
import { report } from "./errors";
import { inTrace } from "./tracing";

const limit = 280;
const ttls = ["30-days", "7-days", "3-days", "1-day", "12-hours", "3-hours", "1-hour"];

export function Composer({ onCreated }: { onCreated: () => void }) {
  const [message, setMessage] = useState("");
  const [ttl, setTtl] = useState("7-days");
  const [problem, setProblem] = useState<string | null>(null);
  const send = () => {
    inTrace("crud", { "crud.length": message.length }, () => api.create(message, ttl))
      .then(() => {
        setMessage("");
        setProblem(null);
        onCreated();
      })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 422) setProblem(error.codes.join(", "));
        else report(error);
      });
  };
  return (
    <section className="composer">
      <textarea aria-label="Your crud" rows={3} placeholder="What would you like to say?" value={message} onChange={(event) => setMessage(event.target.value)} />
      {problem && <p className="problem">{problem}</p>}
      <div className="row">
        <span className={message.length > limit ? "count over" : "count"}>{limit - message.length}</span>
        <select aria-label="Gone after" value={ttl} onChange={(event) => setTtl(event.target.value)}>
          {ttls.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
        <button onClick={send}>Crud</button>
      </div>
    </section>
  );
}
