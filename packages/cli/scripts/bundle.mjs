// Makes the JavaScript of the command: `tsc -b` has checked it and written the declarations.
// The check of Node is a small file of its own, in old JavaScript. The start (arguments, help, errors) is one file, because each further one costs a millisecond; what is loaded on use (each command, the
// live view, the metrics exporters) is a file of its own, and what several of these share is shared.
// Bundled are yaml, zod, ink, react and the OpenTelemetry SDK; `@orc/*`, model providers and the broker stay packages.
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
rmSync(join(root, 'dist', 'chunks'), { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  jsx: 'automatic',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  define: { 'process.env.NODE_ENV': '"production"', ORC_CLI_VERSION: JSON.stringify(version) },
  external: ['@orc/*', '@opentelemetry/api', 'ai', '@ai-sdk/*', 'bullmq', 'ioredis', 'undici'],
  logLevel: 'warning',
};

/** Leaves what is loaded on use to the second build, and remembers it. */
const onUse = new Map();
const loadedOnUse = {
  name: 'loaded-on-use',
  setup(setup) {
    setup.onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = relative(join(root, 'src'), join(resolveDir, path)).replaceAll('\\', '/');
      const name = source.replace(/\.tsx?$/, '').replaceAll('/', '-');
      onUse.set(name, `src/${source}`);
      return { path: `./chunks/${name}.js`, external: true };
    });
  },
};

/** The start stands beside the check of Node, which loads it. */
const startBeside = {
  name: 'start-beside',
  setup(setup) {
    setup.onResolve({ filter: /^\.\/start\.ts$/ }, () => ({ path: './start.js', external: true }));
  },
};

const starts = await build({
  ...common,
  entryPoints: { start: 'src/start.ts', index: 'src/index.ts' },
  outdir: 'dist',
  plugins: [loadedOnUse],
});

// The check of Node has to be read by a Node that is too old.
const checks = await build({
  ...common,
  target: 'node14',
  entryPoints: { bin: 'src/bin.ts' },
  outdir: 'dist',
  plugins: [startBeside],
});

/** ink asks for its developer tools only when they are switched on; without this they would have to be installed. */
const noDevtools = {
  name: 'no-devtools',
  setup(setup) {
    setup.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'none', namespace: 'no-devtools' }));
    setup.onLoad({ filter: /.*/, namespace: 'no-devtools' }, () => ({
      contents: 'export default { connectToDevTools() {} };',
    }));
  },
};

/** Whether there is a terminal to paint on is decided before ink is loaded; its own guess would overrule `--ui live`. */
const neverInCi = {
  name: 'never-in-ci',
  setup(setup) {
    setup.onResolve({ filter: /^is-in-ci$/ }, () => ({ path: 'false', namespace: 'never-in-ci' }));
    setup.onLoad({ filter: /.*/, namespace: 'never-in-ci' }, () => ({ contents: 'export default false;' }));
  },
};

const parts = await build({
  ...common,
  entryPoints: Object.fromEntries(onUse),
  outdir: 'dist/chunks',
  chunkNames: '[name]-[hash]',
  splitting: true,
  // CommonJS packages inside the bundle ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [noDevtools, neverInCi],
});

chmodSync(join(root, 'dist', 'bin.js'), 0o755);

// The licences of what is inside ask to be handed on.
const bundled = new Map();
for (const input of Object.keys({ ...checks.metafile.inputs, ...starts.metafile.inputs, ...parts.metafile.inputs })) {
  const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (folder === undefined || bundled.has(folder)) continue;
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
  const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim();
  bundled.set(folder, {
    name: `${manifest.name} ${manifest.version}`,
    licence: manifest.license ?? 'see its repository',
    text,
  });
}
const notices = [...bundled.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
writeFileSync(
  join(root, 'dist', 'third-party-licenses.txt'),
  notices.map(({ name, licence, text }) => `${name} (${licence})\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`),
);

if (process.argv.includes('--sizes')) {
  const outputs = { ...checks.metafile.outputs, ...starts.metafile.outputs, ...parts.metafile.outputs };
  const sizes = Object.entries(outputs).map(([file, { bytes }]) => [file, bytes]);
  for (const [file, bytes] of sizes.toSorted((a, b) => b[1] - a[1]))
    console.log(`${String(bytes).padStart(9)}  ${file}`);
}
