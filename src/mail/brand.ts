declare const brand: unique symbol

/** A value of type T that has been checked and named: a raw T never passes for it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
