/** The largest pipeline file in YAML, in bytes: more than a person writes, and little enough to be parsed, or found wrong, at once. */
export const mostYamlBytes = 256_000;
