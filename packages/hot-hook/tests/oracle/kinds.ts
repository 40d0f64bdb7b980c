export const boundaryKinds = ['esm', 'commonjs', 'typescript'] as const
/** What the modules of a program in boundary mode are. */
export type BoundaryKind = (typeof boundaryKinds)[number]

export const kinds = [...boundaryKinds, 'accept'] as const
/** What the oracle makes programs of. */
export type Kind = (typeof kinds)[number]
