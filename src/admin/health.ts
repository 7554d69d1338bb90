/** One part of the daemon: well, or not and why, in one line for the operator. */
export type PartHealth = { readonly state: 'well' } | { readonly state: 'unwell'; readonly why: string }

/** How the daemon is, part by part. */
export type Health = {
  /** Parts that only a restart mends, such as the event loop: what a liveness probe asks for. */
  readonly live: Readonly<Record<string, PartHealth>>
  /** Parts that mail needs now, such as the ledger and each listener: what a readiness probe asks for, beside `live`. */
  readonly ready: Readonly<Record<string, PartHealth>>
}

/** What is told of it: the status code and the JSON body. */
export type HealthAnswer = {
  readonly status: 200 | 503
  readonly body: { readonly ok: boolean; readonly parts: Readonly<Record<string, PartHealth>> }
}

/** A probe gives up after some seconds; so it hears why before it does. */
const HEALTH_TIMEOUT_MS = 5_000

/**
 * Asks for the daemon's health and judges it. Never rejects: who cannot say how it is, is not well.
 * @param scope `live` leaves out what a restart does not mend
 */
export async function askHealth(ask: () => Promise<Health>, scope: 'live' | 'ready'): Promise<HealthAnswer> {
  const { promise: late, resolve } = Promise.withResolvers<Health>()
  const timer = setTimeout(() => resolve(unknownHealth(`no answer within ${HEALTH_TIMEOUT_MS} ms`)), HEALTH_TIMEOUT_MS)
  const asked = ask().catch((error: unknown) => unknownHealth(error instanceof Error ? error.message : String(error)))
  const { live, ready } = await Promise.race([asked, late])
  clearTimeout(timer)
  const parts = scope === 'live' ? live : { ...live, ...ready }
  const ok = Object.values(parts).every((part) => part.state === 'well')
  return { status: ok ? 200 : 503, body: { ok, parts } }
}

function unknownHealth(why: string): Health {
  return { live: {}, ready: { health: { state: 'unwell', why } } }
}
