/** The names of the built-in pipelines, for completions, which load no engine; a test compares them with the engine's. */
export const builtInNames: readonly string[] = ['fiction', 'analyze', 'general', 'build', 'quick'];
