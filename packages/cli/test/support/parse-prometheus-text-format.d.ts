declare module 'parse-prometheus-text-format' {
  /** A family of metrics with its samples. */
  export interface MetricFamily {
    readonly name: string;
    readonly help: string;
    readonly type: 'COUNTER' | 'GAUGE' | 'HISTOGRAM' | 'SUMMARY' | 'UNTYPED';
    readonly metrics: readonly {
      readonly value?: string;
      readonly count?: string;
      readonly sum?: string;
      readonly labels?: Readonly<Record<string, string>>;
    }[];
  }
  /** Reads the text format of Prometheus; throws for a line that is not part of it. */
  export default function parse(text: string): readonly MetricFamily[];
}
