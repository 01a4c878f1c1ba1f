/** A failure that the scribe was asked to simulate. It has the fields by which a retry layer classifies a provider's failure. */
export class SimulatedFailure extends Error {
  /** HTTP status: 503 or 429. */
  readonly statusCode: number;
  /** Always true: the next attempt may work. */
  readonly isRetryable = true;
  /** Headers: a 429 says when to come back. */
  readonly responseHeaders: Readonly<Record<string, string>>;
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SimulatedFailure', configurable: true, writable: true });
  }

  constructor(statusCode: 429 | 503) {
    super(
      statusCode === 429
        ? 'Simulated rate limit (knob rate429 of offline/scribe)'
        : 'Simulated server failure (knob failRate of offline/scribe)',
    );
    this.statusCode = statusCode;
    this.responseHeaders = statusCode === 429 ? { 'retry-after-ms': '20', 'retry-after': '1' } : {};
  }
}
