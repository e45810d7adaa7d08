/** The server-sent events of a response, each with its data parsed as JSON; comments are passed over. */
export async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const event = fieldOf(lines, 'event');
      const data = fieldOf(lines, 'data');
      if (event !== undefined && data !== undefined) {
        yield { event, data: JSON.parse(data) };
      }
    }
  }
}

function fieldOf(lines: string[], name: string): string | undefined {
  return lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
}
