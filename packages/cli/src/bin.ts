#!/usr/bin/env node
import * as nodeModule from 'node:module';

import { processHost } from './host.ts';
import { main } from './main.ts';

// From Node 22.8 on, what was compiled once is kept for the next call.
(nodeModule as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();

// The engine's timers hold no process (a library must not), so that a wait between two attempts would end this one.
const alive = setInterval(() => {}, 2 ** 30);
const code = await main(processHost(process));
clearInterval(alive);
// Everything is written and closed; nothing that a library left open may hold the process.
process.exit(code);
