// A worker in a process of its own, ours or a bare BullMQ one. Its argument is what it serves, as JSON.
const { url, queue, kind, preset } = JSON.parse(process.argv[2]);

if (kind === 'bare') {
  const [{ Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  await new Worker(queue, async (job) => job.data, { connection, concurrency: 16 }).waitUntilReady();
} else {
  const { serve } = await import('../dist/bullmq/index.js');
  const hold = async (_input, { signal }) => {
    process.stdout.write(`start ${Date.now()}\n`);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 60_000);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  };
  await serve({ echo: (input) => input, hold }, { connection: url, queue, preset, concurrency: 16 });
}
process.stdout.write('ready\n');
