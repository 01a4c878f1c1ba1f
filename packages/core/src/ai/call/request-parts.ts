import type { ModelRequest } from '../model-client.ts';

/** A part of a request that servers are known to refuse. */
export type RequestParameter =
  | 'temperature'
  | 'topP'
  | 'seed'
  | 'stop'
  | 'maxOutputTokens'
  | 'system'
  | 'schema'
  | 'stream'
  | 'usage';

// By the names that the parts have on the wire: a body that refuses a part names it.
const names: Readonly<Record<RequestParameter, RegExp>> = {
  temperature: /\btemperature\b/,
  topP: /\btop_?p\b/,
  seed: /\b(?:random_)?seed\b/,
  stop: /["'`]stop["'`]|\bstop_?sequences?\b|\bparam(?:eter)?[:\s]{1,3}stop\b/,
  maxOutputTokens: /\bmax_(?:completion_|output_|new_)?tokens\b|\bmaxoutputtokens\b/,
  system: /\bsystem[ _](?:role|messages?|prompts?|instructions?)\b|\bdeveloper instructions?\b|["'`]system["'`]/,
  schema:
    /\bresponse_?(?:format|schema|mime_?type)\b|\bjson[ _-]?schema\b|\bstructured[ _]outputs?\b|\boutput[ _](?:config|format)\b|\bjson[ _]mode\b|\bgrammar\b|\bschema\b/,
  stream: /\bstream(?:ing|ed)?\b(?!_)/,
  usage: /\bstream_options\b|\binclude_usage\b/,
};

/** The parts of a request that an error's body names, in lower case. */
export function namedParts(body: string): readonly RequestParameter[] {
  return (Object.keys(names) as RequestParameter[]).filter((part) => names[part].test(body));
}

/** The parts that a request carries. A stream and its usage are asked for by every call. */
export function partsOf(request: ModelRequest): readonly RequestParameter[] {
  const optional = (['temperature', 'topP', 'seed', 'stop', 'maxOutputTokens', 'system', 'schema'] as const).filter(
    (part) => request[part] !== undefined,
  );
  return [...optional, 'usage', 'stream'];
}
