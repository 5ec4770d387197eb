// The forms of files that other programs write and read, as JSON Schema made from the zod forms that this project itself reads
// them with. What no schema can say (an end after its start, as many boxes as frames) is told in docs/files.md.
import { z } from 'zod';
import { LabelList } from '../src/dataset/formats/list.js';
import { Result } from '../src/result.js';
import { Truth } from '../src/truth.js';

const forms = {
  result: {
    form: Result,
    title: 'Result',
    about: 'What, where and when in one clip: what `predict --json` prints.',
  },
  truth: {
    form: Truth,
    title: 'Truth',
    about: 'What is true of clips: `truth.json`, and the `labels.json` of `serve`.',
  },
  labels: {
    form: LabelList,
    title: 'Labels',
    about: 'A list of clips and their classes, for `--annotations`.',
  },
};

/** The content of each file in `schema/`, by its name. */
export function schemaFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(forms).map(([name, { form, title, about }]) => {
      const { $schema, ...rest } = z.toJSONSchema(form, { io: 'input' });
      const schema = { $schema, $id: `urn:wherewhen:${name}`, title, description: about, ...rest };
      return [`${name}.json`, `${JSON.stringify(schema, null, 2)}\n`];
    }),
  );
}
