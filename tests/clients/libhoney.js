// libhoney for Node: key, dataset and host are its only options. Answers are the per-event statuses it hands to its callback.
import { createRequire } from 'node:module';
const Libhoney = createRequire(import.meta.url)('libhoney').default ?? createRequire(import.meta.url)('libhoney');

const answers = [];
const settings = { writeKey: process.env.HONEYCOMB_API_KEY, apiHost: process.env.HONEYCOMB_API_ENDPOINT };
const hny = new Libhoney({ ...settings, dataset: 'My Shop', responseCallback: queue => answers.push(...queue.splice(0, queue.length)) });
hny.addField('app.version', '1.2.3');
for (let i = 0; i < 3; i++) {
  const event = hny.newEvent();
  event.add({ name: 'GET /cart', duration_ms: 10 + i, 'cart.items': i, nested: { a: [1] }, ok: true, none: null });
  event.metadata = i;
  event.send();
}
const other = hny.newEvent();
other.dataset = 'my shop';
other.sampleRate = 1;
other.addField('name', 'the same dataset');
other.metadata = 3;
other.send();
await hny.flush();
for (let i = 0; i < 3600 && answers.length < 4; i++)
  await new Promise(later => setTimeout(later, 50));
console.log(JSON.stringify({ statuses: answers.sort((a, b) => a.metadata - b.metadata).map(a => a.status_code), errors: answers.filter(a => a.error).map(a => `${a.error}`) }));
process.exit(0);
