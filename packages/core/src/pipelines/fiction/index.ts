export { fictionPipeline } from './fiction.ts';
