// Reports as an application does and prints what the SDK's callbacks say, one JSON line each.
const [, , sdk, endpoint] = process.argv;
const Rollbar = require(sdk);
const rollbar = new Rollbar({ accessToken: 'any', endpoint, environment: 'production', host: 'backend-1', captureUncaught: true });

function home() {
  const activities = undefined;
  return activities.first;
}

function said(what) {
  return (error, result) => console.log(JSON.stringify({ what, error: error ? String(error) : null, result }));
}

try {
  home();
} catch (error) {
  rollbar.error(error, { cart: { items: 3 } }, said('error'));
}
rollbar.warning('Hello World!', said('warning'));
rollbar.wait(() => setTimeout(() => home(), 10));
