/** Exit codes of every command (DESIGN 7); `receive` alone speaks sysexits besides. */
export const EXIT = {
  done: 0,
  /** The answer is no: not healthy, nothing found. */
  no: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** Try again later: another daemon, a full disk, a ledger that is locked. EX_TEMPFAIL. */
  later: 75,
} as const

/** sysexits.h: what an MTA understands when it runs `replyd receive` in a pipe. */
export const SYSEXITS = {
  ok: 0,
  /** EX_USAGE: wrong arguments. */
  usage: 64,
  /** EX_DATAERR: the message cannot be accepted as it is. */
  dataError: 65,
  /** EX_NOUSER: not a mailbox of ours. */
  noUser: 67,
  /** EX_SOFTWARE: a fault of ours; Postfix bounces on it, so it is used for nothing that may pass. */
  software: 70,
  /** EX_TEMPFAIL: keep it and try again. A broken configuration too: an MTA bounces on EX_CONFIG, and no customer's mail shall bounce for our typing. */
  tempFail: 75,
} as const

/** Ends a command with a code and a line for the person, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}
