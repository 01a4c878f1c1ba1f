export { contractTasks } from './contract-tasks.ts';
export { controllableTask } from './controllable-task.ts';
export type { ControllableCall, ControllableTask } from './controllable-task.ts';
export { ManualClock } from './manual-clock.ts';
export { runnerContract } from './runner-contract.ts';
export type { ContractCase, MakeRunner } from './runner-contract.ts';
export { seededRandom, seededShuffle } from './seeded-shuffle.ts';
