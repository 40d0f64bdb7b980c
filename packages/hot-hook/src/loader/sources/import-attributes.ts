/** Import attributes without `hot`, which Node does not know. */
export function withoutHot(
  attributes: Readonly<Record<string, string | undefined>> | undefined,
): ImportAttributes {
  if (attributes?.hot === undefined) return (attributes as ImportAttributes | undefined) ?? {}
  const { hot: _, ...others } = attributes
  return others as ImportAttributes
}

/** What a statement says behind its specifier: nothing where there are no attributes. */
export function withClause(attributes: ImportAttributes): string {
  return hasAttributes(attributes) ? ` with ${JSON.stringify(attributes)}` : ''
}

/** Whether an import says more than what it imports. A `require()` has no attributes at all. */
export function hasAttributes(
  attributes: Readonly<Record<string, string | undefined>> | undefined,
): boolean {
  for (const _ in attributes) return true
  return false
}
