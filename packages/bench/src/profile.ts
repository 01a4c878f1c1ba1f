/**
 * How thorough a run is. `full` is what gets quoted; `short` keeps CI quick, and only its ratios are used; `smoke` goes once through everything, to see
 * whether it works at all, and its figures mean nothing.
 */
export type Profile = 'full' | 'short' | 'smoke';
