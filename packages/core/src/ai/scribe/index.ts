export { createScribe, type ScribeOptions } from './scribe.ts';
export { readKnobs } from './knobs.ts';
