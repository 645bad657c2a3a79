import { type FormEvent, useState } from "react";
import { config } from "./config";
import { Fails } from "./Fails";
import { Feed } from "./Feed";
import { type Route, useRoute } from "./route";
import { api } from "./api";

const people = ["andrewbrown", "bayko", "worf", "garek", "londo"];

export function App() {
  const route = useRoute();
  return (
    <div className="shell">
      <nav className="side">
        <a className="brand" href="#/">
          <img src="/favicon.svg" alt="" width="34" height="34" />
          <span>Cruddur</span>
        </a>
        <Link to="#/" label="Home" active={route.page === "home"} />
        <Link to="#/notifications" label="Notifications" active={route.page === "notifications"} />
        <Link to="#/@andrewbrown" label="Profile" active={route.page === "user" && route.handle === "andrewbrown"} />
        <Link to="#/fails" label="The page that fails" active={route.page === "fails"} />
      </nav>
      <main>
        <Page route={route} />
      </main>
      <aside>
        <Search key={route.page === "search" ? route.term : ""} initial={route.page === "search" ? route.term : ""} />
        <section className="card">
          <h3>Who to follow</h3>
          {people.map((handle) => (
            <a key={handle} className="person" href={`#/@${handle}`}>
              <span className={`avatar tone${handle.charCodeAt(0) % 5}`}>{handle[0]?.toUpperCase()}</span>@{handle}
            </a>
          ))}
        </section>
        <section className="card quiet">
          <h3>What this page sends</h3>
          <dl>
            <dt>Traces</dt>
            <dd>{config.otlpUrl || "off"}</dd>
            <dt>Errors</dt>
            <dd>{config.rollbarEndpoint || "off"}</dd>
            <dt>Backend</dt>
            <dd>{config.backendUrl || "this host"}</dd>
          </dl>
        </section>
      </aside>
    </div>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "home":
      return <Feed key="home" title="Home" name="view home" load={api.home} composer />;
    case "notifications":
      return <Feed key="notifications" title="Notifications" name="view notifications" load={api.notifications} />;
    case "user":
      return <Feed key={route.handle} title={`@${route.handle}`} name="view user" load={() => api.user(route.handle)} />;
    case "search":
      return <Feed key={route.term} title={`Search: ${route.term || "nothing"}`} name="search" load={() => api.search(route.term)} />;
    case "fails":
      return <Fails />;
  }
}

function Link({ to, label, active }: { to: string; label: string; active: boolean }) {
  return (
    <a className={active ? "link active" : "link"} href={to} aria-current={active ? "page" : undefined}>
      {label}
    </a>
  );
}

function Search({ initial }: { initial: string }) {
  const [term, setTerm] = useState(initial);
  const go = (event: FormEvent) => {
    event.preventDefault();
    window.location.hash = `#/search/${encodeURIComponent(term)}`;
  };
  return (
    <form onSubmit={go} role="search">
      <input aria-label="Search Cruddur" placeholder="Search Cruddur" value={term} onChange={(event) => setTerm(event.target.value)} />
    </form>
  );
}
