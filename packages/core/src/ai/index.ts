export { Budget } from './budget.ts';
export { chooseModel, offlineModel } from './choose-model.ts';
export type { ModelChoice } from './choose-model.ts';
export type { RequestParameter } from './call/request-parts.ts';
export type { ProviderConfig, ProviderProtocol } from './endpoint/provider-config.ts';
export type { ExecCommand } from './exec/exec-command.ts';
export { listModels } from './list-models.ts';
export type { ModelList, ProviderInfo } from './list-models.ts';
export type {
  CallBudget,
  ExpectedCall,
  FinishReason,
  JsonSchema,
  ModelCallOptions,
  ModelCapabilities,
  ModelClient,
  ModelReply,
  ModelRequest,
  ModelStream,
  ModelUsage,
  Reservation,
} from './model-client.ts';
export type { Environment, ModelConfig, ResolveModelOptions } from './model-config.ts';
export { ModelError, isModelError } from './model-error.ts';
export type { ModelErrorOptions } from './model-error.ts';
export type {
  ModelCoerceEvent,
  ModelEvent,
  ModelLimitEvent,
  ModelListener,
  ModelRepairEvent,
  ModelRetryEvent,
  ModelWarningEvent,
} from './model-event.ts';
export type { ModelPrice, PriceTable } from './prices.ts';
export { redactSecrets } from './redact-secrets.ts';
export { resolveModel } from './resolve-model.ts';
export { createScribe } from './scribe/index.ts';
export type { ScribeOptions } from './scribe/index.ts';
