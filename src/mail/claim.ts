import type { MessageId, TicketId } from './ids.ts'

/** Strongest first (DESIGN 4): the order in which claims are believed. */
export const CLAIM_CODES = [
  'plus-address',
  'own-message-id',
  'stored-message-id',
  'returned-message-id',
  'subject-tag',
] as const

/**
 * "This mail belongs to a ticket." A ticket is named where the claim carries it and, for the first two codes, our MAC
 * over it verified; a stored or returned Message-ID is a question that only the ledger can answer.
 */
export type Claim =
  | {
      readonly code: 'plus-address' | 'own-message-id' | 'subject-tag'
      readonly ticket: TicketId
      readonly value: string
    }
  | {
      readonly code: 'stored-message-id' | 'returned-message-id'
      readonly messageId: MessageId
      readonly value: string
    }
