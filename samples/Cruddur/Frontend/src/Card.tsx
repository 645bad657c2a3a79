import { useState } from "react";
import { api, type Crud } from "./api";
import { report } from "./errors";
import { inTrace } from "./tracing";

export function Card({ crud, onReplied }: { crud: Crud; onReplied: () => void }) {
  const [reply, setReply] = useState<string | null>(null);
  const send = () => {
    inTrace("reply", {}, () => api.reply(crud.uuid, reply ?? ""))
      .then(() => {
        setReply(null);
        onReplied();
      })
      .catch(report);
  };
  return (
    <article className="crud">
      <Head handle={crud.handle} at={crud.created_at} expires={crud.expires_at} />
      <p>{crud.message}</p>
      <footer>
        <button className="ghost" onClick={() => setReply(reply === null ? "" : null)}>
          {crud.replies_count} replies
        </button>
        <span>{crud.reposts_count} reposts</span>
        <span>{crud.likes_count} likes</span>
      </footer>
      {crud.replies.map((answer) => (
        <div key={answer.uuid} className="reply">
          <Head handle={answer.handle} at={answer.created_at} expires={null} />
          <p>{answer.message}</p>
        </div>
      ))}
      {reply !== null && (
        <div className="answer">
          <input aria-label="Your reply" placeholder={`Reply to @${crud.handle}`} value={reply} onChange={(event) => setReply(event.target.value)} />
          <button disabled={reply.trim() === ""} onClick={send}>
            Reply
          </button>
        </div>
      )}
    </article>
  );
}

function Head({ handle, at, expires }: { handle: string; at: string; expires: string | null }) {
  return (
    <div className="head">
      <span className={`avatar tone${handle.charCodeAt(0) % 5}`}>{handle[0]?.toUpperCase()}</span>
      <a href={`#/@${handle}`}>@{handle}</a>
      <time dateTime={at}>{distance(Date.now() - Date.parse(at))} ago</time>
      {expires && <span className="expires">gone in {distance(Date.parse(expires) - Date.now())}</span>}
    </div>
  );
}

function distance(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
