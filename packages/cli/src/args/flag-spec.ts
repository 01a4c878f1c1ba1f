import type { SettingKey } from '../config/settings.ts';

/** The headings of the help, in its order. */
export const flagSections = ['The work', 'Speed', 'Limits', 'Output', 'Logs and metrics', 'Everywhere'] as const;

/** One of {@link flagSections}. */
export type FlagSection = (typeof flagSections)[number];

/** A flag of the command line. The parser, the help, the completions and the table in the documentation come from this. */
export interface FlagSpec {
  /** Its long name, without dashes. */
  readonly name: string;
  /** Its one-letter name. */
  readonly short?: string;
  /** The name of its value in the help; a flag without one is a boolean. */
  readonly value?: string;
  /** A boolean that is on by default: what `--no-NAME` does, one line. */
  readonly off?: string;
  /** Whether it may be given several times. */
  readonly repeatable?: boolean;
  /** What it does, one line. */
  readonly doc: string;
  /** Under which heading the help shows it; without one it stands with the command's own flags. */
  readonly section?: FlagSection;
  /** The setting it sets. */
  readonly setting?: SettingKey;
  /** The words its value may be. */
  readonly choices?: readonly string[];
  /** What completes its value. */
  readonly complete?: 'file' | 'folder' | 'model' | 'pipeline' | 'session';
}

/** Flags under one heading. */
export function inSection(section: FlagSection, flags: readonly FlagSpec[]): readonly FlagSpec[] {
  return flags.map((flag) => ({ ...flag, section }));
}
