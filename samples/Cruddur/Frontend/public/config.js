// Where this page sends things. The backend serves its own version of this file when it serves the built frontend;
// with `npm run dev` and in the container it is this one, and the VITE_* variables stand above it.
window.cruddurConfig = {
  backendUrl: `${location.protocol}//${location.hostname}:4567`,
  otlpUrl: `${location.protocol}//${location.hostname}:4318`,
  otlpHeaders: "",
  rollbarEndpoint: `${location.protocol}//${location.hostname}:7070/api/1/item/`,
  rollbarToken: "cruddur",
  environment: "production",
};
