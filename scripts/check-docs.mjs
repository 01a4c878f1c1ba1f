// typedoc with warnings as errors, and one law more: every member of an exported interface or class is documented.
// (typedoc itself can't tell those from the members of an inline union, whose meaning stands in the text of the union.)
import { Application, ReflectionKind } from 'typedoc';

const app = await Application.bootstrapWithPlugins({ emit: 'none' });
const project = await app.convert();
if (project === undefined) process.exit(1);
app.validate(project);

const missing = [];
const visit = (reflection, inline) => {
  const literal = inline || reflection.kindOf?.(ReflectionKind.TypeLiteral);
  if (
    !literal &&
    reflection.kindOf?.(ReflectionKind.Property) &&
    !reflection.hasComment?.() &&
    reflection.inheritedFrom === undefined &&
    !isFunctionDocumented(reflection)
  ) {
    missing.push(`${reflection.getFriendlyFullName()} is not documented`);
  }
  reflection.traverse?.((child) => {
    visit(child, literal);
    return true;
  });
};
const isFunctionDocumented = (reflection) => {
  const declaration = reflection.type?.type === 'reflection' ? reflection.type.declaration : undefined;
  return declaration?.signatures?.some((signature) => signature.hasComment()) ?? false;
};
visit(project, false);
for (const line of missing) console.log(line);
process.exit(app.logger.hasErrors() || app.logger.hasWarnings() || missing.length > 0 ? 1 : 0);
