/** A process whose descriptor 3 is a listening socket, as under systemd: says where it listens, and takes mail. */
import { openDoor } from './fixture.ts'

const { listener } = await openDoor({ listen: { kind: 'fd', fd: 3 } })
process.stdout.write(listener.address)
