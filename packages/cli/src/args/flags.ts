import type { FlagSpec } from './flag-spec.ts';
import { otherFlags } from './other-flags.ts';
import { globalFlags, runFlags } from './run-flags.ts';

/** All flags by long name; where two commands share a name they share its form. */
export const allFlags: ReadonlyMap<string, FlagSpec> = new Map(
  [...globalFlags, ...runFlags, ...Object.values(otherFlags)].map((flag) => [flag.name, flag]),
);

/** Long names by one-letter name. */
export const shortFlags: ReadonlyMap<string, FlagSpec> = new Map(
  [...allFlags.values()].flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])),
);
