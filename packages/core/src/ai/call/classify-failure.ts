import type { OrcErrorCode } from '../../errors.ts';
import { isLoopback } from '../endpoint/address.ts';
import { ModelError } from '../model-error.ts';
import { redactSecrets } from '../redact-secrets.ts';
import { failureFacts, type FailureFacts } from './failure-facts.ts';
import { isWebPage } from './provider-words.ts';
import { namedParts } from './request-parts.ts';
import { retryAfterMs, retryDelayInBody } from './retry-after.ts';

/** What the classification needs to know of the call. */
export interface FailureContext {
  /** The model, `provider/model`. */
  readonly model: string;
  /** Where the key comes from, for the hint: a variable of the environment, a setting. */
  readonly keySource?: string | undefined;
  /** The address that was called, for the hint. */
  readonly baseUrl?: string | undefined;
  /** Texts that must not show. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch, for a `Retry-After` date. */
  readonly now: number;
}

interface Verdict {
  readonly code: OrcErrorCode;
  readonly retryable: boolean;
  readonly what: string;
  readonly hint: string;
}

const contextOverflow =
  /context[ _-]?(length|window|limit|size)|maximum (context|prompt length)|prompt (is )?too long|input is too long|input token count.{0,40}exceed|too many (input )?tokens|request_too_large|string_above_max_length|exceeds the (maximum|available) (number of tokens|context)|must have less than \d{1,9} tokens|inputs`? tokens \+ |reduce the length of the (messages|prompt|input)/;
const badKey =
  /invalid[ _](x-)?api[ _-]?key|incorrect api key|api key not valid|api_key_invalid|authentication_error|invalid_api_key|unauthenticated|no api key/;
const noMoney =
  /insufficient_quota|insufficient[ _](balance|credits?|funds)|credit balance is too low|billing_hard_limit|billing_not_active|spend(ing)? limit|payment required|usage limits?\b.{0,60}(regain|reached|exceeded)|(reached|exceeded) your specified.{0,20}usage limits|requires more credits/;
const longQuota = /per[ _-]?day|daily|\b(rpd|tpd)\b|per[ _-]?month|monthly|weekly/;
const ownQuota = /exceeded your current quota/;
const tooLargeForLimit = /request too large/;
const noModel =
  /model_not_found|model .{0,80}(does not exist|not found)|no such model|not_found_error|is not found for api version/;
const transientKind =
  /overloaded|rate_limit|too_many_requests|api_error|server_error|internal_error|timeout_error|service_unavailable|unavailable/;
const requestKind = /invalid_request_error|invalid_argument|bad_request/;
const badSample = /json_validate_failed|failed_generation/;
const untrusted = /^(UNABLE|CERT|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|ERR_SSL)_|^EPROTO$/;
const proxyRefusal = /proxy response \((4\d\d)\)/;
const lostConnection = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|UND_ERR)/;

/** Turns whatever a provider's library threw into an error with a code, a hint, and whether trying again may help. */
export function classifyFailure(error: unknown, context: FailureContext): ModelError {
  const own = ownError(error);
  if (own !== undefined) return own;
  const facts = failureFacts(error);
  const verdict = judge(facts, context);
  const said = redactSecrets(facts.message, context.secrets).replaceAll(/\s+/g, ' ').trim();
  const quoted = said === '' ? '' : `: ${said.length > 300 ? `${said.slice(0, 297)}…` : said}`;
  const status = facts.status === undefined || facts.status === 200 ? '' : ` (HTTP ${facts.status})`;
  return new ModelError(verdict.code, `${context.model} ${verdict.what}${status}${quoted}`, {
    hint: verdict.hint,
    retryable: verdict.retryable,
    status: facts.status,
    retryAfterMs: verdict.retryable ? retryAfterMs(facts.headers, facts.body, context.now) : undefined,
    named: facts.status === undefined || facts.status < 400 ? [] : namedParts(facts.haystack),
    cause: cleanCause(error, context.secrets),
  });
}

/** An error of ours, also where a provider's library has put its own around it. */
function ownError(error: unknown): ModelError | undefined {
  let link = error;
  for (let depth = 0; depth < 8; depth += 1) {
    if (link instanceof ModelError) return link;
    link = (link as { readonly cause?: unknown } | null | undefined)?.cause;
  }
  return undefined;
}

function judge(facts: FailureFacts, context: FailureContext): Verdict {
  const { status, haystack } = facts;
  // What the body says is surer than the status: providers put no credit, a bad key and a long prompt all into 400.
  if (
    facts.systemCodes.some((code) => untrusted.test(code)) ||
    /self[- ]signed certificate|unable to (get|verify) .{0,20}certificate|wrong version number/.test(haystack)
  )
    return insecure(facts, context);
  const refusal = proxyRefusal.exec(haystack)?.[1];
  if (refusal !== undefined) return proxyRefused(refusal);
  if (isWebPage(facts.body) && (status === undefined || status < 500)) return webPage(context, status);
  if (badSample.test(haystack)) return { ...badRequest(), what: 'wrote no JSON that satisfies the schema' };
  if (noMoney.test(haystack) || status === 402) return quota();
  if (badKey.test(haystack) || status === 401) return auth(context);
  if (status === 429) return throttled(haystack, facts.body);
  if (contextOverflow.test(haystack) || status === 413) return tooLong();
  if (status === 403) return { ...auth(context), what: 'refused the key for this model or region' };
  if (status === 404 || noModel.test(haystack)) return unknownModel(context);
  if (status !== undefined && status >= 400) return byStatus(status, haystack);
  if (
    facts.systemCodes.some((code) => lostConnection.test(code)) ||
    /fetch failed|cannot connect|socket|network|terminated|connection/.test(haystack)
  )
    return connection(facts, context);
  if (/rate_limit|too_many_requests/.test(haystack)) return throttled(haystack, facts.body);
  if (transientKind.test(haystack)) return unavailable('reported an error of its own');
  if (requestKind.test(haystack)) return badRequest();
  return {
    code: 'ERR_ORC_MODEL_STREAM',
    retryable: true,
    what: 'sent a reply that is not whole or not in its format',
    hint:
      context.baseUrl === undefined
        ? 'If it stays, the provider changed its format.'
        : `Is ${context.baseUrl} the address of its API (often ending in \`/v1\`)?`,
  };
}

function quota(): Verdict {
  return {
    code: 'ERR_ORC_MODEL_QUOTA',
    retryable: false,
    what: 'has no quota or credit left for this account',
    hint: "Add credit or raise the limit in the provider's console, wait until it renews, or choose another model; then resume the session.",
  };
}

function auth({ keySource }: FailureContext): Verdict {
  return {
    code: 'ERR_ORC_MODEL_AUTH',
    retryable: false,
    what: 'refused the key',
    hint: keySource === undefined ? 'Check the key of this provider.' : `Check the key in ${keySource}.`,
  };
}

function tooLong(): Verdict {
  return {
    code: 'ERR_ORC_MODEL_CONTEXT',
    retryable: false,
    what: 'cannot take a request this long: it exceeds its context window',
    hint: 'Give it less at once (a smaller input, fewer words), or choose a model with a larger context window.',
  };
}

function unknownModel({ model, baseUrl }: FailureContext): Verdict {
  const where = baseUrl === undefined ? '' : `, and that ${baseUrl} is the address of the API`;
  return {
    code: 'ERR_ORC_MODEL_UNKNOWN',
    retryable: false,
    what: 'is not known to its provider',
    hint: `Check the name \`${model}\`${where}.`,
  };
}

function throttled(haystack: string, body: string): Verdict {
  if (tooLargeForLimit.test(haystack)) {
    return {
      code: 'ERR_ORC_MODEL_REQUEST',
      retryable: false,
      what: "cannot take this request: it alone exceeds the account's tokens a minute",
      hint: 'Give it less at once, or raise the limit with the provider.',
    };
  }
  // Google says "quota" for a limit a minute too, and then tells how long to wait.
  if (longQuota.test(haystack) || (ownQuota.test(haystack) && retryDelayInBody(body) === undefined)) return quota();
  return {
    code: 'ERR_ORC_MODEL_RATE_LIMIT',
    retryable: true,
    what: 'takes no more calls for now',
    hint: 'Set `limits.requests_per_minute` and `limits.tokens_per_minute` to what the account allows.',
  };
}

function byStatus(status: number, haystack: string): Verdict {
  // A server that fails over the schema it was given fails each time.
  if (status >= 500 && /\bgrammar\b|\bjson[ _]?schema\b|\bresponse_format\b/.test(haystack)) return badRequest();
  if (status >= 500 || status === 408 || status === 409 || status === 425) return unavailable('is not available');
  if (transientKind.test(haystack) && !requestKind.test(haystack)) return unavailable('is not available');
  return badRequest();
}

function unavailable(what: string): Verdict {
  return {
    code: 'ERR_ORC_MODEL_UNAVAILABLE',
    retryable: true,
    what,
    hint: "Look at the provider's status page, or choose another model; then resume the session.",
  };
}

function badRequest(): Verdict {
  return {
    code: 'ERR_ORC_MODEL_REQUEST',
    retryable: false,
    what: 'refused the request',
    hint: 'The provider does not support a part of it: its sampling settings, its schema or its size.',
  };
}

function connection({ systemCodes }: FailureFacts, { baseUrl }: FailureContext): Verdict {
  const refused = systemCodes.includes('ECONNREFUSED') || systemCodes.includes('ENOTFOUND');
  const where = baseUrl ?? 'the provider';
  return {
    code: 'ERR_ORC_MODEL_UNAVAILABLE',
    // Nothing on this machine starts by itself while a call waits.
    retryable: !(systemCodes.includes('ECONNREFUSED') && baseUrl !== undefined && isLoopback(baseUrl)),
    what: refused ? `cannot be reached at ${where}` : 'lost the connection',
    hint: refused
      ? 'Start the server, or check `ai.base_url`, the network, and `HTTPS_PROXY` where there is a proxy.'
      : 'Check the network; then resume the session.',
  };
}

function insecure({ haystack }: FailureFacts, { baseUrl }: FailureContext): Verdict {
  const plain = haystack.includes('wrong version number') || haystack.includes('packet length too long');
  return {
    code: 'ERR_ORC_MODEL_UNAVAILABLE',
    retryable: false,
    what: plain ? 'does not speak TLS at this address' : 'has a certificate that this machine does not trust',
    hint: plain
      ? `Write \`http://\` in place of \`https://\` in ${baseUrl ?? 'the address'}, if the server is yours.`
      : 'Set `NODE_EXTRA_CA_CERTS` to the file of the authority that signed it (a company proxy has one).',
  };
}

function proxyRefused(status: string): Verdict {
  return {
    code: 'ERR_ORC_MODEL_UNAVAILABLE',
    retryable: false,
    what: `was not reached: the proxy refuses the connection (HTTP ${status})`,
    hint: 'Check `HTTP_PROXY` and `HTTPS_PROXY` (name and password stand in the address), or list the host in `NO_PROXY`.',
  };
}

function webPage({ baseUrl }: FailureContext, status: number | undefined): Verdict {
  return {
    code: 'ERR_ORC_MODEL_UNAVAILABLE',
    // A gateway that is being restarted answers so for a moment; one that refuses goes on.
    retryable: status === undefined || status < 400,
    what: 'was not reached: a web page came in its place',
    hint:
      baseUrl === undefined
        ? 'Look for a proxy, a firewall or a sign-in page between this machine and the provider.'
        : `Is ${baseUrl} the address of its API (often ending in \`/v1\`)? Otherwise look for a proxy or a sign-in page.`,
  };
}

// The library's error holds the request, its headers and the whole response: only its name and its words are kept.
function cleanCause(error: unknown, secrets: readonly string[]): Error {
  const { name, message } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  const cause = new Error(redactSecrets(typeof message === 'string' ? message : '', secrets));
  cause.name = typeof name === 'string' ? name : 'Error';
  delete cause.stack;
  return cause;
}
