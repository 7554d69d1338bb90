import { extname } from 'node:path'

/**
 * The URL of a module of ours for a worker or a child process: `.ts` where the sources run, `.js` in the built program.
 * @param path without extension, relative to the module that asks, e.g. `./parse/worker`
 * @param from `import.meta.url` of the module that asks
 */
export function moduleUrl(path: string, from: string): URL {
  return new URL(path + extname(new URL(from).pathname), from)
}
