/** The seed of a run that names none: every run can be repeated. */
export const defaultSeed = 1;
