import { parse } from 'acorn';

/** What parsing a file says. */
export interface FileCheck {
  /** Whether it is a syntactically valid ES module. */
  readonly parses: boolean;
  /** The first error, with line and column. */
  readonly problem?: string;
  /** What it exports. */
  readonly exports: readonly string[];
  /** Promised exports that are missing. */
  readonly missing: readonly string[];
}

interface Declared {
  readonly type: string;
  readonly id?: { readonly name: string } | null;
  readonly declarations?: readonly { readonly id: { readonly name?: string } }[];
}

/** Parses a module and compares its exports with what was promised; runs on a worker thread. */
export function checkModule(input: { readonly source: string; readonly promised: readonly string[] }): FileCheck {
  let body: readonly { readonly type: string }[];
  try {
    body = parse(input.source, { ecmaVersion: 2024, sourceType: 'module', allowHashBang: true }).body;
  } catch (error) {
    return { parses: false, problem: (error as Error).message, exports: [], missing: [...input.promised] };
  }
  const names: string[] = [];
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') names.push('default');
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const { declaration, specifiers } = statement as unknown as {
      readonly declaration: Declared | null;
      readonly specifiers: readonly { readonly exported: { readonly name?: string; readonly value?: string } }[];
    };
    if (declaration?.id != null) names.push(declaration.id.name);
    for (const entry of declaration?.declarations ?? []) if (entry.id.name !== undefined) names.push(entry.id.name);
    for (const entry of specifiers) names.push(entry.exported.name ?? entry.exported.value ?? '');
  }
  return { parses: true, exports: names, missing: input.promised.filter((name) => !names.includes(name)) };
}
