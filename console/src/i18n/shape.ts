/** The same tree of keys with any texts: a key that is missing or too many fails the compiler. */
export type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };
