/**
 * True if a part of the tree names a table `name` (lower case) by one plain identifier: what makes a WITH entry
 * recursive. A WITH of its own that hides the name is not looked at: such a query is refused as one that cannot recur.
 */
export function references(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((part) => references(part, name))
  if (typeof node !== 'object' || node === null) return false
  if ('kind' in node && node.kind === 'tablePath' && 'path' in node) {
    const { parts } = node.path as { readonly parts: readonly { readonly name: string }[] }
    if (parts.length === 1 && parts[0]?.name.toLowerCase() === name) return true
  }
  return Object.values(node).some((part) => references(part, name))
}
