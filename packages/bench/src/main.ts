#!/usr/bin/env node
import { runMain } from './command.ts';

process.exitCode = await runMain(process.argv.slice(2));
