import type { Phase } from '../pipeline/phase.ts';
import type { CompiledPipeline } from './compiled.ts';
import { declaredMembers, guardOf, type Guard } from './declared-members.ts';
import { undeclared } from './declared-request.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that the phases of a pipeline declare, as they are now: a run reads each once, so that what is in its keys is what its
 * phases see, whoever changes the environment while it goes on.
 */
export function environmentOf({ phases }: CompiledPipeline, env: Environment): Environment {
  const taken: Record<string, string | undefined> = {};
  for (const { phase } of phases) for (const name of phase.definition.uses.env) taken[name] = env[name];
  return Object.freeze(taken);
}

/** The environment variables that a phase declares; reading another one throws `ERR_ORC_UNDECLARED`. */
export function declaredEnv(phase: Phase, env: Environment): Environment {
  let guard = guards.get(phase);
  if (guard === undefined) {
    guard = guardOf(phase.definition.uses.env, (name) =>
      undeclared(`the environment variable \`${name}\``, phase.id, `Add '${name}' to \`uses.env\` of the phase.`),
    );
    guards.set(phase, guard);
  }
  return declaredMembers(env, guard);
}

const guards = new WeakMap<Phase, Guard>();
