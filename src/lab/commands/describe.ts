import type { ReadonlyJSONObject } from '@lumino/coreutils';

/**
 * Describes a command's arguments for those who call it from outside, as JSON Schema.
 *
 * @param texts - what an argument is, for a text; the schema of any other
 *
 * @example
 * describedBy: describe({ repository: 'Name of the repository; the current one when absent' })
 */
export function describe(
  texts: Record<string, string | ReadonlyJSONObject>,
  required: readonly string[] = []
): { args: ReadonlyJSONObject } {
  const properties = Object.fromEntries(
    Object.entries(texts).map(([name, about]) => [
      name,
      typeof about === 'string' ? { type: 'string', description: about } : about
    ])
  );
  return { args: { type: 'object', properties, required: [...required] } };
}

/** Arguments that most commands share. */
export const ABOUT_BRANCH = {
  repository: 'Name of the repository; the current one when absent',
  branch: 'Name of the branch; the current one when absent'
};
