// A command line in this process: what it says is collected, and what it throws is thrown.
import { programOf } from '../../src/cli/main.js';
import { Shell } from '../../src/cli/shell.js';

/** What a command said and gave, and its exit code. */
export interface Called {
  code: number;
  said: string[];
  printed: string[];
  json: unknown[];
}

/** Runs a command line and resolves when its action has ended. */
export async function called(...argv: string[]): Promise<Called> {
  const heard: Called = { code: -1, said: [], printed: [], json: [] };
  class Collecting extends Shell {
    override say(text: string): void {
      heard.said.push(text);
    }
    override print(text: string): void {
      heard.printed.push(text);
    }
    override printJson(value: unknown): void {
      heard.json.push(value);
    }
    override report(event: object, text?: string): void {
      heard.said.push(text ?? JSON.stringify(event));
    }
    override fail(error: unknown): void {
      throw error;
    }
  }
  const program = await programOf(
    (action) =>
      async (...given) => {
        given.pop(); // the command itself
        const options = given.pop() as Parameters<typeof action>[1];
        heard.code = await action(new Collecting(), options, ...(given as never));
      },
    argv,
  );
  await program.parseAsync(argv, { from: 'user' });
  return heard;
}
