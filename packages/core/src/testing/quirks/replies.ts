import { quirkText, quirkValue, streamText, chunk, openStream, type Quirk, type QuirkCall } from './wire.ts';

const json = JSON.stringify(quirkValue);

function said(name: string, text: string, code?: string): Quirk {
  return { name, structured: true, outcome: { code }, answer: (call) => streamText(call, text) };
}

function told(name: string, text: string): Quirk {
  return { name, structured: false, outcome: {}, answer: (call) => streamText(call, text) };
}

function delta(name: string, structured: boolean, write: (event: (event: object | string) => void) => void): Quirk {
  return {
    name,
    structured,
    outcome: {},
    answer: (call: QuirkCall) => {
      const event = openStream(call);
      write(event);
      event(chunk({}, 'stop'));
      event('data: [DONE]\n\n');
      call.response.end();
    },
  };
}

/** How models write what they were asked for. */
export const replyQuirks: readonly Quirk[] = [
  said('json', json),
  said('json-in-fence', `Sure!\n\`\`\`json\n${json}\n\`\`\``),
  said('json-fence-not-closed', `\`\`\`json\n${json}`),
  said('json-second-fence', `\`\`\`json\n{"type":"object"}\n\`\`\`\nHere:\n\`\`\`json\n${json}\n\`\`\``),
  said('json-after-brackets', `As you [the user] asked:\n${json}\nAll {fields} are there.`),
  said('json-after-thought', `<think>They want {title}.</think>${json}`),
  said('json-after-thought-without-start', `They want {title}.\n</think>\n${json}`),
  said('json-single-quotes', "{'title':'Tides','score':0.7,'points':['Moon','Sun','Coast']}"),
  said('json-python', "{'title': 'Tides', 'score': 0.7, 'points': ['Moon', 'Sun', 'Coast'], 'note': None}"),
  said('json-line-break', '{"title":"Tides\nand more","score":0.7,"points":["Moon","Sun","Coast"]}'),
  said('json-comments', '{"title": "Tides", // one\n"score": 0.7, "points": ["Moon", "Sun", "Coast"] /* three */}'),
  said('json-trailing-comma', '{"title": "Tides", "score": 0.7, "points": ["Moon", "Sun", "Coast",],}'),
  said('json-bare-names', '{title: "Tides", score: 0.7, points: ["Moon", "Sun", "Coast"]}'),
  said('json-wrapped', JSON.stringify({ response: quirkValue })),
  said('json-as-schema', JSON.stringify({ type: 'object', properties: quirkValue })),
  said('json-in-list', JSON.stringify([quirkValue])),
  said('json-in-text', JSON.stringify(json)),
  said('json-number-in-quotes', JSON.stringify({ ...quirkValue, score: '0.7' })),
  said('json-null-optional', JSON.stringify({ ...quirkValue, note: null })),
  said('json-extra-member', JSON.stringify({ ...quirkValue, sure: 'very' })),
  said('json-list-as-text', JSON.stringify({ ...quirkValue, points: 'Moon, Sun, Coast' })),
  said('json-wrong-number', JSON.stringify({ ...quirkValue, score: 7 }), 'ERR_ORC_MODEL_OUTPUT'),
  said('json-missing-member', JSON.stringify({ title: 'Tides' }), 'ERR_ORC_MODEL_OUTPUT'),
  said('json-cut', json.slice(0, 30), 'ERR_ORC_MODEL_OUTPUT'),
  {
    name: 'json-cut-once',
    structured: true,
    outcome: {},
    answer: (call) => streamText(call, call.number === 1 ? json.slice(0, 30) : json),
  },
  delta('json-in-tool-call', true, (event) =>
    event(
      chunk({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: 't', type: 'function', function: { name: 'reply', arguments: json } }],
      }),
    ),
  ),
  delta('json-in-reasoning-alone', true, (event) => event(chunk({ content: '', reasoning_content: json }))),
  told('thought-in-tags', `<think>\nTides, then.\n</think>\n\n${quirkText}`),
  told(
    'thought-in-channels',
    `<|channel|>analysis<|message|>Tides.<|end|><|start|>assistant<|channel|>final<|message|>${quirkText}`,
  ),
  told('template-marks', `<|im_start|>assistant\n${quirkText}<|im_end|>`),
  delta('thought-in-its-member', false, (event) => {
    event(chunk({ role: 'assistant', reasoning_content: 'Tides, then.' }));
    event(chunk({ content: quirkText, reasoning_content: null }));
  }),
  delta('content-in-parts', false, (event) => {
    event(chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Tides.' }] }] }));
    event(chunk({ content: [{ type: 'text', text: quirkText }] }));
  }),
];
