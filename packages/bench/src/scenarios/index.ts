import type { Scenario } from '../scenario.ts';
import { cacheHit } from './cache-hit.ts';
import { cachePeers } from './cache-peers.ts';
import { distributed } from './distributed.ts';
import { engine } from './engine.ts';
import { fiction } from './fiction.ts';
import { growth } from './growth.ts';
import { memory } from './memory.ts';
import { parallel } from './parallel.ts';
import { pipelines } from './pipelines.ts';
import { resume } from './resume.ts';
import { schedulerPeers } from './scheduler-peers.ts';
import { sequential } from './sequential.ts';
import { start } from './start.ts';

/** All scenarios: the four documented ones first. */
export const scenarios: readonly Scenario[] = [
  cacheHit,
  sequential,
  parallel,
  memory,
  fiction,
  resume,
  distributed,
  growth,
  cachePeers,
  schedulerPeers,
  pipelines,
  engine,
  start,
];
