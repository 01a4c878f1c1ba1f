export { createScribe, type ScribeOptions } from './scribe.ts';
export { readKnobs, scribeId, type ScribeKnobs } from './knobs.ts';
