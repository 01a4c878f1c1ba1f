import { z } from 'zod';

import { projectRuleText } from './project-rules.ts';
import { defaultSettings, settingKeys, settingSpecs } from './settings.ts';
import { jsonValue } from './show-value.ts';
import { writtenSchema } from './value.ts';

/** A JSON Schema document. */
export type JsonSchemaDocument = Readonly<Record<string, unknown>>;

interface Group {
  type: 'object';
  additionalProperties: false;
  properties: Record<string, unknown>;
}

/** The JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function configSchema(): JsonSchemaDocument {
  const root = newGroup();
  for (const key of settingKeys) {
    const path = key.split('.');
    const name = path.pop() ?? key;
    let group = root;
    for (const part of path) group = (group.properties[part] ??= newGroup()) as Group;
    const { $schema: _, ...schema } = z.toJSONSchema(writtenSchema(settingSpecs[key]));
    group.properties[name] = {
      description: `${settingSpecs[key].doc}; in a project's file: ${projectRuleText(key).replaceAll('`', '')}`,
      default: jsonValue(key, defaultSettings[key]),
      ...schema,
    };
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:orc:config:1',
    title: 'Configuration of orc',
    ...root,
  };
}

function newGroup(): Group {
  return { type: 'object', additionalProperties: false, properties: {} };
}
