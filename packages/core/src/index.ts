export type {
  FinishReason,
  JsonSchema,
  ModelCallOptions,
  ModelCapabilities,
  ModelClient,
  ModelReply,
  ModelRequest,
  ModelStream,
  ModelUsage,
} from './ai/model-client.ts';
export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { OrcError, errorInfo, isOrcError } from './errors.ts';
export type { OrcErrorCode, OrcErrorOptions } from './errors.ts';
export type {
  ErrorInfo,
  EventBase,
  OrcEvent,
  OrcEventType,
  OutcomeStatus,
  PhaseSummary,
  RunStatus,
  Strategy,
  StrategyName,
  TaskSource,
} from './events.ts';
export type {
  ItemsContext,
  LoopState,
  ModelPrompt,
  NestedItemsContext,
  PhaseContext,
  PhaseModel,
  PromptContext,
  TaskContext,
} from './pipeline/context.ts';
export { definePhase } from './pipeline/define-phase.ts';
export type { FansOut, ForEachPhase, ItemOf, NoItem, NoPhase, PhaseOptions } from './pipeline/define-phase.ts';
export { definePipeline } from './pipeline/define-pipeline.ts';
export type { Pipeline, PipelineOptions, PipelineResult } from './pipeline/define-pipeline.ts';
export type { ModuleGraph } from './pipeline/module-graph.ts';
export { each, within } from './pipeline/phase.ts';
export type {
  Each,
  FanOut,
  ForEachDefinition,
  ForEachInputs,
  ForEachOther,
  Inputs,
  Keyed,
  Need,
  NeedDefinition,
  NeedValue,
  Phase,
  PhaseArtifact,
  PhaseCache,
  PhaseDefinition,
  PhaseKind,
  PhaseLoop,
  PhaseRetry,
  PhaseSampling,
  PhaseUses,
  DeclaredUses,
  TaskOutput,
  Within,
} from './pipeline/phase.ts';
export type { PhaseRequest, PipelineRequest, RequestPart } from './pipeline/request.ts';
export type { KeyDifference } from './key/explain.ts';
export type { KeyParts } from './key/phase-keys.ts';
export { metricsObserver } from './metrics/metrics-observer.ts';
export type { MetricsObserverOptions } from './metrics/metrics-observer.ts';
export type { WalkedTask } from './plan/cache-walk.ts';
export type { ExplainOptions, Explanation } from './plan/explain-phase.ts';
export type { PlanOptions } from './plan/plan-pipeline.ts';
export type { Expectation, Plan, PlannedCache, PlannedPhase } from './plan/plan.ts';
export type { PrefetchOptions, PrefetchSummary } from './prefetch/prefetch-requests.ts';
export { buildReport } from './report/report-builder.ts';
export { parseReport } from './report/report-schema.ts';
export type {
  CacheReport,
  ConcurrencyReport,
  CriticalPath,
  MemoryReport,
  PhaseReport,
  PrefetchReport,
  RetryReport,
  RunReport,
  SavingsReport,
  TaskCounts,
  TaskReport,
  UsageReport,
} from './report/run-report.ts';
export type { CachedOutput } from './run/cached-output.ts';
export type { Degradation, DegradedPart } from './run/degradations.ts';
export type { OrchestratorCacheOptions, OrchestratorLimits, OrchestratorOptions, PrefetchMode } from './run/options.ts';
export { createOrchestrator } from './run/orchestrator.ts';
export type { CloseOptions, Orchestrator } from './run/orchestrator.ts';
export type {
  RemotePhaseProgress,
  RemotePhaseRequest,
  RemotePhaseResult,
  RemotePhaseRunner,
  RemoteUsage,
} from './run/remote-port.ts';
export { foreignUses } from './run/foreign-uses.ts';
export type { ForeignUse } from './run/foreign-uses.ts';
export { RemotePhaseFailure } from './run/remote-port.ts';
export type { ResumeOptions } from './run/resume.ts';
export type { RunObserver } from './run/run-observer.ts';
export type { PhaseResult, RunFacts, RunResult } from './run/run-result.ts';
export type { Run } from './run/run.ts';
export type { RunOptions } from './run/start-run.ts';
export type {
  AppendOptions,
  ArtifactRecord,
  ListOptions,
  Session,
  SessionContent,
  SessionHolder,
  SessionPage,
  SessionPlan,
  SessionSources,
  SessionStore,
  SessionSummary,
  StagedFile,
  StagedOutput,
  TaskRecord,
  UnreadableSession,
} from './session/session-port.ts';
export type { ProcessTable } from './session/process-table.ts';
export { createSessionStore } from './session/session-store.ts';
export type { SessionStoreOptions } from './session/session-store.ts';
export { selectStrategy } from './strategy/select-strategy.ts';
export type { StrategyInput } from './strategy/select-strategy.ts';
