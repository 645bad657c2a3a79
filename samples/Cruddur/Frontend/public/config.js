// Where this page sends things. The backend serves its own version of this file when it serves the built frontend;
// with `npm run dev` and in the container it is this one, and the VITE_* variables stand above it.
(() => {
  const { protocol, hostname } = location;
  /** Another port of the machine that served this page; browser IDEs put the port into the host name. */
  const at = (port) => {
    if (/^\d+-/.test(hostname)) return `${protocol}//${hostname.replace(/^\d+/, String(port))}`;
    if (/-\d+\.app\.github\.dev$/.test(hostname)) return `${protocol}//${hostname.replace(/-\d+\./, `-${port}.`)}`;
    return `${protocol}//${hostname}:${port}`;
  };
  window.cruddurConfig = {
    backendUrl: at(4567),
    otlpUrl: at(4318),
    otlpHeaders: "",
    rollbarEndpoint: `${at(7070)}/api/1/item/`,
    rollbarToken: "cruddur",
    environment: "production",
  };
})();
