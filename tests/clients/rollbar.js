// Rollbar's SDK for Node: token, endpoint and environment are its only options.
import Rollbar from 'rollbar';
const rollbar = new Rollbar({ accessToken: process.env.ROLLBAR_ACCESS_TOKEN, endpoint: process.env.ROLLBAR_ENDPOINT, environment: 'production' });

function home() {
  const feed = undefined;
  return feed.first;
}

const sent = (...report) => new Promise((done, failed) => rollbar[report[0]](...report.slice(1), (error, result) => error ? failed(error) : done(result.uuid)));
const uuids = [await sent('warning', 'Hello World!')];
for (let i = 0; i < 2; i++) {
  try {
    home();
  } catch (error) {
    uuids.push(await sent('error', error, { url: '/api/activities/home', method: 'GET', headers: { host: 'localhost:4567' } }, { handle: 'andrewbrown' }));
  }
}
console.log(JSON.stringify({ uuids }));
process.exit(0);
