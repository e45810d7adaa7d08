/** One server-sent event with its data as JSON. */
export interface ServerEvent {
  event: string;
  data: unknown;
}

/**
 * The events of a response, as they come. Leaving the loop closes the connection. Source: "Server-sent events" of the
 * HTML standard, as far as the service uses it: lines end with \n, one line of data.
 *
 * @throws TypeError - when the connection breaks; SyntaxError - where data is no JSON
 */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  const reader = response.body!.getReader();
  const text = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const blocks = (rest + text.decode(value, { stream: true })).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const { event, data } = fieldsOf(block);
        if (event !== undefined && data !== undefined) {
          yield { event, data: JSON.parse(data) };
        }
      }
    }
  } finally {
    await reader.cancel();
  }
}

/** A block without fields is a comment that keeps the connection alive. */
function fieldsOf(block: string): Record<string, string | undefined> {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) {
      fields[line.slice(0, colon)] = line.slice(colon + 2);
    }
  }
  return fields;
}
