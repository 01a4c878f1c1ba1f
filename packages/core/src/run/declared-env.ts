import type { CompiledPhase } from './compiled.ts';

const noEnv: Readonly<Record<string, string | undefined>> = Object.freeze({});

/** The environment variables that a phase declares. */
export function declaredEnv(
  phase: CompiledPhase,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const names = phase.phase.definition.uses.env;
  return names.length === 0 ? noEnv : Object.fromEntries(names.map((name) => [name, env[name]]));
}
