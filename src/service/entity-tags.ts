/**
 * The tags of a header such as `If-Match` (RFC 9110, section 8.8.3), without quotes; some S3 clients send none. Weak ones
 * count as strong: our tags name bytes. undefined when there are none.
 */
export function entityTags(header: string | undefined): string[] | undefined {
  const tags = header
    ?.split(',')
    .map(tag =>
      tag
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1')
    )
    .filter(tag => tag !== '');
  return tags?.length ? tags : undefined;
}
