#!/usr/bin/env node
// This file has to load and run on any Node there is: it imports what all of them have, and everything else only behind the check.
import * as nodeModule from 'node:module';

import { compileCacheFolder } from './compile-cache-folder.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  // From Node 22.8 on, what was compiled once is kept for the next call. Node's own place for it is one that other users of the machine can foresee, and fill.
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: (folder: string) => unknown };
  if (enableCompileCache !== undefined) {
    const folder = compileCacheFolder(process);
    if (folder !== undefined) enableCompileCache(folder);
  }
  void import('./start.ts').then(({ start }) => start());
} else {
  process.stderr.write(`orc: Node 20.19 or newer is needed, this is ${process.versions.node} (https://nodejs.org)\n`);
  process.exitCode = 3;
}
