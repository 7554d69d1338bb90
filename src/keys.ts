/** The keys of our Message-IDs and plus addresses: made by the daemon, read by commands, absent where nobody has made them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenKeys } from './load.ts'
import { WORLD } from './ops/clock.ts'
import { loadOrCreateKeys } from './ops/secret-file.ts'

const FILE = 'keys.json'

/** For the daemon and whoever has its lock: the keys in the state directory, made on first use. */
export const madeKeys: OpenKeys = (stateFolder) => loadOrCreateKeys(join(stateFolder, FILE), WORLD)

/** For commands that write nothing: the keys if there are any, else keys of chance that verify nothing. */
export const readKeys: OpenKeys = async (stateFolder) => {
  if (existsSync(join(stateFolder, FILE))) return madeKeys(stateFolder)
  const current = { id: '0', secret: WORLD.chance(32) }
  return { current, all: new Map([[current.id, current.secret]]) }
}
