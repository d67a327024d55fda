/**
 * What Node starts a service's process with. Young objects get 8 MB at most: with as much as Node gives them by itself a service under load
 * keeps a fifth more memory, and saves a twentieth of its CPU time for it.
 */
export const nodeOptions: readonly string[] = ['--max-semi-space-size=8'];
