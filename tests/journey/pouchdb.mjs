// How fast others' code takes in the same documents: pouchdb-node replicates a file's documents into express-pouchdb, both on
// LevelDB. Prints documents a second. node pouchdb.mjs DOCUMENTS.json FOLDER

import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tool = createRequire(join(process.env.STACKSIDE_TOOLS, 'npm/package.json'));
const PouchDB = tool('pouchdb-node');
const [, me, documents, folder] = process.argv;

if (process.send) {
  // The far side, a process of its own.
  const app = tool('express')();
  app.use('/', tool('express-pouchdb')(PouchDB.defaults({ prefix: join(folder, 'far-') }), {
    mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: join(folder, 'log.txt'),
  }));
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
} else {
  const child = fork(fileURLToPath(import.meta.url), [documents, folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const port = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('express-pouchdb did not start')));
  });
  const near = new PouchDB(join(folder, 'near'));
  const all = JSON.parse(readFileSync(documents, 'utf8'));
  for (let n = 0; n < all.length; n += 1000) await near.bulkDocs(all.slice(n, n + 1000));
  const begun = performance.now();
  // Batches as long as ours.
  const done = await near.replicate.to(new PouchDB(`http://127.0.0.1:${port}/far`), { batch_size: 200 });
  const took = (performance.now() - begun) / 1000;
  if (done.docs_written !== all.length) throw new Error(`${done.docs_written} of ${all.length} documents`);
  console.log(done.docs_written / took);
  child.kill();
  process.exit(0);
}
